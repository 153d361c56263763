import { once } from 'node:events';
import { connect } from 'node:net';
import { performance } from 'node:perf_hooks';

export type RawRequest = {
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
};

const sockets = 16;
const requests = 10_000;
const status = /^HTTP\/1\.1 (\d{3})/;

/**
 * POSTs per second that a server on this machine answers. The client is bare sockets, so that what is measured is the
 * server. Throws when an answer is neither 200 nor 409 (two writes to one user at a time).
 */
export async function requestsPerSecond(port: number, make: (index: number) => RawRequest): Promise<number> {
  let next = 0;
  let answered = 0;
  // Made beforehand: while the clock runs the client only moves bytes.
  const texts = Array.from({ length: requests }, (_, index) => toText(make(index), port));
  const start = performance.now();
  const run = async () => {
    const socket = connect(port, '127.0.0.1');
    const send = () => {
      if (next >= requests) socket.end();
      else socket.write(texts[next++] ?? '', 'latin1');
    };
    const failure = new Promise<never>((_resolve, reject) => {
      socket.on('error', reject);
      socket.on('data', (chunk) => {
        // Answers are small: each comes with its head in one piece; what has no head is the rest of one.
        const code = status.exec(chunk.toString('latin1', 0, 12))?.[1];
        if (code === undefined) return;
        answered += 1;
        if (code !== '200' && code !== '409') reject(new Error(`The server answered ${code}`));
        else send();
      });
    });
    send();
    await Promise.race([once(socket, 'close'), failure]);
  };
  await Promise.all(Array.from({ length: sockets }, run));
  return answered / ((performance.now() - start) / 1_000);
}

function toText({ path, headers, body }: RawRequest, port: number): string {
  const lines = Object.entries({
    host: `127.0.0.1:${port}`,
    ...headers,
    'content-length': Buffer.byteLength(body),
  });
  return `POST ${path} HTTP/1.1\r\n${lines.map(([name, value]) => `${name}: ${value}\r\n`).join('')}\r\n${body}`;
}
