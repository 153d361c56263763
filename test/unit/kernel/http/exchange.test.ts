import { getEventListeners } from 'node:events';
import { createServer } from 'node:http';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { createServer as createSilentServer } from 'node:net';
import type { AddressInfo, Socket } from 'node:net';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { makeExchange, notConnected } from '../../../../shared/kernel/http/exchange';

type Script = (request: IncomingMessage, response: ServerResponse, body: string) => void;

let script: Script;
let connections = 0;
const sockets = new Set<Socket>();
const server = createServer((request, response) => {
  const parts: Buffer[] = [];
  request.on('data', (part: Buffer) => parts.push(part));
  request.on('end', () => script(request, response, Buffer.concat(parts).toString()));
});
server.on('connection', (socket) => {
  connections++;
  sockets.add(socket);
  socket.once('close', () => sockets.delete(socket));
});
let origin: string;
beforeAll(async () => {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
afterAll(async () => {
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
});
beforeEach(() => {
  connections = 0;
});

const get = (path = '/') => ({ method: 'GET', url: `${origin}${path}`, headers: {} });

describe('an exchange', () => {
  it('sends method, path, headers and body, and gives status, headers and the text of the answer', async () => {
    const seen: unknown[] = [];
    script = (request, response, body) => {
      const { method, url, headers } = request;
      seen.push([method, url, headers['x-one'], headers['content-length'], body]);
      response.writeHead(409, { 'x-two': 'b' }).end('ü 漢 😀');
    };

    const answer = await makeExchange()({
      method: 'PUT',
      url: `${origin}/a(b='c')?d=%20`,
      headers: { 'x-one': 'a' },
      body: '{"ü":1}',
    });

    expect(seen).toEqual([['PUT', "/a(b='c')?d=%20", 'a', '8', '{"ü":1}']]);
    expect(answer).toMatchObject({ status: 409, body: 'ü 漢 😀', headers: { 'x-two': 'b' } });
  });

  it('keeps its connection, and unpacks what comes compressed', async () => {
    const exchange = makeExchange();
    script = (_request, response) =>
      response.writeHead(200, { 'content-encoding': 'gzip' }).end(gzipSync('packed'));

    const bodies: string[] = [];
    for (let round = 0; round < 5; round++) bodies.push((await exchange(get())).body);

    expect(bodies).toEqual(Array(5).fill('packed'));
    expect(connections).toBe(1);
  });

  it('follows no redirect', async () => {
    script = (_request, response) => response.writeHead(302, { location: `${origin}/elsewhere` }).end();

    expect(await makeExchange()(get())).toMatchObject({ status: 302, body: '' });
  });

  it('that is cut off in the middle of its answer is none', async () => {
    script = (_request, response) => {
      response.writeHead(200, { 'content-length': '100' });
      response.write('half');
      setImmediate(() => response.destroy());
    };

    await expect(makeExchange()(get())).rejects.toMatchObject({ code: 'ECONNRESET' });
  });

  it('that nothing listens to ends with Node’s code', async () => {
    const closed = createServer();
    await new Promise<void>((resolve) => closed.listen(0, '127.0.0.1', resolve));
    const { port } = closed.address() as AddressInfo;
    await new Promise((resolve) => closed.close(resolve));

    const refused = makeExchange()({ ...get(), url: `http://127.0.0.1:${port}/` });

    await expect(refused).rejects.toMatchObject({ code: 'ECONNREFUSED' });
  });

  it.each(['before', 'while it waits', 'in the middle of its answer'])(
    'is given up on %s by its signal, and leaves nothing behind',
    async (when) => {
      const why = new Error('enough');
      const caller = new AbortController();
      const asked = new Promise<void>((resolve) => {
        script = (_request, response) => {
          if (when === 'in the middle of its answer') {
            response.writeHead(200, { 'content-length': '100' });
            response.write('half');
          }
          setTimeout(resolve, 20);
        };
      });
      if (when === 'before') caller.abort(why);

      const answer = makeExchange()({ ...get(), signal: caller.signal });
      if (when !== 'before') void asked.then(() => caller.abort(why));

      await expect(answer).rejects.toBe(why);
      expect(getEventListeners(caller.signal, 'abort')).toEqual([]);
    },
  );

  it('leaves nothing on a signal that many share', async () => {
    script = (_request, response) => response.end('ok');
    const { signal } = new AbortController();
    const exchange = makeExchange();

    await Promise.all(Array.from({ length: 20 }, () => exchange({ ...get(), signal })));

    expect(getEventListeners(signal, 'abort')).toEqual([]);
  });

  it('closes a connection that nothing has used for a while', async () => {
    script = (_request, response) => response.end('ok');
    const exchange = makeExchange(30);
    await exchange(get());

    // Only the other side sees that it is closed.
    await new Promise<void>((resolve) => {
      for (const socket of sockets) socket.once('close', () => resolve());
    });
    await exchange(get());

    expect(connections).toBe(2);
  });

  it('gives up a connection that does not come to be, and says that nothing was sent', async () => {
    // It takes the connection and says nothing, as what drops packets does: TLS never begins.
    const silent = createSilentServer();
    await new Promise<void>((resolve) => silent.listen(0, '127.0.0.1', resolve));
    const { port } = silent.address() as AddressInfo;
    const taken: Socket[] = [];
    silent.on('connection', (socket) => taken.push(socket));

    const asked = makeExchange(
      undefined,
      20,
    )({ method: 'GET', url: `https://127.0.0.1:${port}/`, headers: {} });

    await expect(asked).rejects.toMatchObject({ code: notConnected });
    for (const socket of taken) socket.destroy();
    await new Promise((resolve) => silent.close(resolve));
  });

  it('takes the status of an answer without a body that is said to be compressed', async () => {
    script = (_, response) => {
      response.writeHead(503, { 'content-encoding': 'GZIP', 'retry-after': '120' });
      response.end();
    };

    expect(await makeExchange()(get())).toMatchObject({
      status: 503,
      body: '',
      headers: { 'retry-after': '120' },
    });
  });
});
