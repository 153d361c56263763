import type { IncomingMessage, ServerResponse } from 'node:http';
import { GraphFault } from '../engine/graph-fault';
import type { Answer } from './dispatcher';
import type { GraphCalls } from './graph-calls';

const jsonType =
  'application/json;odata.metadata=minimal;odata.streaming=true;IEEE754Compatible=false;charset=utf-8';
/** Graph takes at most 4 MB in one request. */
const largestBody = 4 * 1024 * 1024;

/**
 * Graph's /v1.0 on bare node:http: reads the request, has it answered, writes the answer. No framework
 * in between, because the emulator must never be what limits a test.
 */
export class GraphListener {
  constructor(private readonly calls: GraphCalls) {}

  /** Whether the address is one of Graph's, of any version. */
  isMine(url: string | undefined): boolean {
    return url !== undefined && (url.startsWith('/v1.0/') || /^\/(v1\.0|beta)([/?]|$)/.test(url));
  }

  listen(incoming: IncomingMessage, outgoing: ServerResponse): void {
    const { method } = incoming;
    if (method === 'GET' || method === 'DELETE') this.take(incoming, outgoing, '');
    else readText(incoming, (body) => this.take(incoming, outgoing, body));
  }

  private take(incoming: IncomingMessage, outgoing: ServerResponse, text: string | GraphFault): void {
    try {
      const { url = '', method = 'GET' } = incoming;
      const answer = this.calls.answer({ method, url, header: (name) => headerOf(incoming, name), text });
      if (answer instanceof Promise) {
        answer
          .then((late) => send(late, incoming, outgoing))
          .catch((error: unknown) => fail(error, outgoing));
      } else send(answer, incoming, outgoing);
    } catch (error) {
      fail(error, outgoing);
    }
  }
}

function headerOf(incoming: IncomingMessage, name: string): string | undefined {
  const value = incoming.headers[name];
  return Array.isArray(value) ? value.join(', ') : value;
}

/** Calls back once, with the whole body or with the fault of it; never when the caller went away. */
function readText(incoming: IncomingMessage, done: (body: string | GraphFault) => void): void {
  let whole: Buffer | undefined;
  let more: Buffer[] | undefined;
  let length = 0;
  incoming.on('data', (chunk: Buffer) => {
    length += chunk.length;
    // What is over the limit is read and forgotten, so that the answer gets through.
    if (length > largestBody) return;
    if (whole === undefined) whole = chunk;
    else (more ??= []).push(chunk);
  });
  incoming.on('end', () => {
    if (length > largestBody)
      done(new GraphFault(413, 'RequestEntityTooLarge', 'The request is larger than 4 MB.'));
    else if (whole === undefined) done('');
    else done((more ? Buffer.concat([whole, ...more]) : whole).toString('utf8'));
  });
}

/** A bug of the emulator: nothing that Graph would say. */
function fail(error: unknown, outgoing: ServerResponse): void {
  process.stderr.write(`${error instanceof Error ? error.stack : String(error)}\n`);
  if (!outgoing.headersSent) outgoing.writeHead(500);
  outgoing.end();
}

function send(answer: Answer, incoming: IncomingMessage, outgoing: ServerResponse): void {
  if (answer.isReset) {
    incoming.socket.destroy();
    return;
  }
  const { status, headers, body } = answer;
  // Names and values in turn: node writes them as they are, an object it would have to take apart first.
  const fields: string[] = [];
  for (const name of Object.keys(headers)) fields.push(name, headers[name] ?? '');
  if (body === undefined) outgoing.writeHead(status, fields).end();
  else {
    const isText = typeof body === 'string';
    const text = isText ? body : JSON.stringify(body);
    const length = Buffer.byteLength(text);
    fields.push('content-type', isText ? 'text/plain' : jsonType, 'content-length', String(length));
    // As many bytes as characters: plain ASCII, which node writes without reserving room for anything longer.
    outgoing.writeHead(status, fields).end(text, length === text.length ? 'latin1' : 'utf8');
  }
  if (!outgoing.destroyed) answer.record?.sent();
}
