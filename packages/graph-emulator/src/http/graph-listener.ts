import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Engine } from '../engine/engine';
import { GraphFault, malformedRequest } from '../engine/graph-fault';
import { answerBatch } from './batch';
import type { Clients } from './clients';
import { parseJsonBody } from './dispatcher';
import type { Answer, Dispatcher } from './dispatcher';
import { errorBody } from './error-answer';

const prefix = '/v1.0';
const methods: readonly string[] = ['GET', 'POST', 'PATCH', 'PUT', 'DELETE'];
const jsonType =
  'application/json;odata.metadata=minimal;odata.streaming=true;IEEE754Compatible=false;charset=utf-8';
/** Graph takes at most 4 MB in one request. */
const largestBody = 4 * 1024 * 1024;

/**
 * Graph's /v1.0 on bare node:http: reads the request, lets the dispatcher answer it, writes the answer. No framework
 * in between, because the emulator must never be what limits a test.
 */
export class GraphListener {
  constructor(
    private readonly engine: Engine,
    private readonly dispatcher: Dispatcher,
    private readonly clients: Clients,
  ) {}

  /** Whether the address is one of Graph's, of any version. */
  isMine(url: string | undefined): boolean {
    return url !== undefined && (url.startsWith(`${prefix}/`) || /^\/(v1\.0|beta)([/?]|$)/.test(url));
  }

  listen(incoming: IncomingMessage, outgoing: ServerResponse): void {
    const { method } = incoming;
    if (method === 'GET' || method === 'DELETE') this.take(incoming, outgoing, '');
    else readText(incoming, (body) => this.take(incoming, outgoing, body));
  }

  private take(incoming: IncomingMessage, outgoing: ServerResponse, body: string | GraphFault): void {
    try {
      const answer = this.answer(incoming, body);
      if (answer instanceof Promise) {
        answer
          .catch((error: unknown) => this.refuse(error))
          .then((late) => send(late, incoming, outgoing))
          .catch((error: unknown) => fail(error, outgoing));
      } else send(answer, incoming, outgoing);
    } catch (error) {
      fail(error, outgoing);
    }
  }

  private answer(incoming: IncomingMessage, text: string | GraphFault): Answer | Promise<Answer> {
    try {
      const { url = '', method = 'GET' } = incoming;
      if (!url.startsWith(`${prefix}/`))
        throw malformedRequest('Only v1.0 is emulated, and its root is not.');
      if (typeof text !== 'string') throw text;
      if (!methods.includes(method)) throw wrongMethod();
      const target = url.slice(prefix.length);
      if (target === '/$batch') return this.answerBatch(incoming, method, text);
      return this.dispatcher.dispatch({
        method,
        target,
        header: (name) => headerOf(incoming, name),
        readBody: () => parseJsonBody(text, incoming.headers['content-type']),
      });
    } catch (error) {
      return this.refuse(error);
    }
  }

  private async answerBatch(incoming: IncomingMessage, method: string, text: string): Promise<Answer> {
    if (method !== 'POST') throw wrongMethod();
    this.dispatcher.counters.requests += 1;
    const { authorization } = incoming.headers;
    this.clients.authenticate(authorization);
    const body = parseJsonBody(text, incoming.headers['content-type']);
    const batch = await answerBatch(this.engine, this.dispatcher, body, authorization);
    const requestId = this.engine.requestIds.text(this.engine.requestIds.next());
    return {
      status: 200,
      headers: { 'request-id': requestId, 'client-request-id': requestId },
      body: { responses: batch.responses },
      isReset: batch.isReset,
      record: batch.record,
    };
  }

  private refuse(error: unknown): Answer {
    if (!(error instanceof GraphFault)) throw error;
    const requestId = this.engine.requestIds.text(this.engine.requestIds.next());
    const ids = { requestId, clientRequestId: requestId, now: this.engine.clock.now() };
    const headers = { ...error.headers, 'request-id': requestId, 'client-request-id': requestId };
    return { status: error.status, headers, body: errorBody(error, ids), isReset: false, record: undefined };
  }
}

function wrongMethod(): GraphFault {
  return new GraphFault(
    405,
    'Request_BadRequest',
    'Specified HTTP method is not allowed for the request target.',
  );
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
