import { Agent as HttpAgent, request as httpRequest } from 'node:http';
import type { ClientRequest, IncomingHttpHeaders, IncomingMessage } from 'node:http';
import { Agent as HttpsAgent, request as httpsRequest } from 'node:https';
import type { Socket } from 'node:net';
import { gunzip } from 'node:zlib';
import { ensureError } from '../errors';
import { timing } from '../timing';

export type HttpRequest = {
  readonly method: string;
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string | undefined;
  /** Ends the exchange, whatever it waits for. */
  readonly signal?: AbortSignal | undefined;
  /** Takes the place of the kept connections: a proxy's. */
  readonly agent?: HttpAgent | undefined;
};

export type HttpAnswer = {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
};

/**
 * Sends a request and reads the whole answer. Redirects are not followed.
 * @throws Error with Node's code (ECONNREFUSED, ECONNRESET, …), or `notConnected`: no whole answer came
 * @throws the signal's reason when it is aborted first
 */
export type Exchange = (request: HttpRequest) => Promise<HttpAnswer>;

/**
 * Exchanges over kept connections. Small requests and answers are most of what a process does, and `fetch` takes several
 * times the processor time for each: it makes streams, signals and objects of the browser that have no use here.
 * @param connectMs milliseconds; how long a connection may take to be made
 * @param idleMs milliseconds; a connection that nothing has used for this time is closed here, before the other side closes it under a
 *   request; undefined: it is kept until the other side closes it, and the caller tries again where that crosses a request
 */
export function makeExchange(idleMs?: number, connectMs = timing.graph.connect.ms): Exchange {
  const options = { keepAlive: true, ...(idleMs === undefined ? {} : { timeout: idleMs }) };
  const plain = new HttpAgent(options);
  const secure = new HttpsAgent(options);
  return ({ method, url, headers, body, signal, agent }) =>
    new Promise<HttpAnswer>((resolve, reject) => {
      if (signal?.aborted === true) {
        reject(ensureError(signal.reason));
        return;
      }
      const target = new URL(url);
      const isSecure = target.protocol === 'https:';
      const send = isSecure ? httpsRequest : httpRequest;
      const request = send(target, { method, headers, agent: agent ?? (isSecure ? secure : plain) });
      const stop = () => {
        request.destroy();
        fail(ensureError(signal?.reason));
      };
      const fail = (error: Error) => {
        signal?.removeEventListener('abort', stop);
        reject(error);
      };
      signal?.addEventListener('abort', stop, { once: true });
      request.once('error', fail);
      request.once('socket', (socket) => limitConnecting(socket, isSecure, request, connectMs));
      request.once('response', (response) => {
        readBody(response, (error, text) => {
          if (error !== undefined) {
            fail(error);
            return;
          }
          signal?.removeEventListener('abort', stop);
          resolve({ status: response.statusCode ?? 0, headers: response.headers, body: text });
        });
      });
      request.end(body);
    });
}

/** The code of an error: no connection came to be in time, so that nothing was sent. */
export const notConnected = 'ERR_SOCKET_CONNECTION_TIMEOUT';

/** Node sets no limit to connecting; what drops its packets would else take all the time there is for an answer. */
function limitConnecting(socket: Socket, isSecure: boolean, request: ClientRequest, ms: number): void {
  if (!socket.connecting) return;
  const end = () => {
    const error = new Error(`No connection in ${String(ms / 1_000)} s`);
    request.destroy(Object.assign(error, { code: notConnected }));
  };
  const timer = setTimeout(end, ms);
  const clear = () => clearTimeout(timer);
  socket.once(isSecure ? 'secureConnect' : 'connect', clear);
  socket.once('close', clear);
}

/** The headers under which `makeExchange` may be answered with less on the wire. */
export const compressed = { 'accept-encoding': 'gzip' } as const;

function readBody(response: IncomingMessage, done: (error: Error | undefined, text: string) => void): void {
  const parts: Buffer[] = [];
  response.on('data', (part: Buffer) => parts.push(part));
  response.once('error', (error) => done(error, ''));
  response.once('end', () => {
    const whole = parts.length === 1 && parts[0] !== undefined ? parts[0] : Buffer.concat(parts);
    const isPacked = response.headers['content-encoding']?.toLowerCase() === 'gzip';
    // A proxy may say so of an answer without a body, whose status counts all the same.
    if (!isPacked || whole.length === 0) done(undefined, whole.toString('utf8'));
    else
      gunzip(whole, (error, text) => done(error ?? undefined, error === null ? text.toString('utf8') : ''));
  });
}
