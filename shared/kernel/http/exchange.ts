import { Agent as HttpAgent, request as httpRequest } from 'node:http';
import type { IncomingHttpHeaders, IncomingMessage } from 'node:http';
import { Agent as HttpsAgent, request as httpsRequest } from 'node:https';
import { gunzip } from 'node:zlib';
import { ensureError } from '../errors';

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
 * @throws Error with Node's code (ECONNREFUSED, ECONNRESET, …): no whole answer came
 * @throws the signal's reason when it is aborted first
 */
export type Exchange = (request: HttpRequest) => Promise<HttpAnswer>;

/**
 * Exchanges over kept connections. Small requests and answers are most of what a process does, and `fetch` takes several
 * times the processor time for each: it makes streams, signals and objects of the browser that have no use here.
 * @param idleMs milliseconds; a connection that nothing has used for this time is closed here, before the other side closes it under a
 *   request; undefined: it is kept for as long as the other side says
 */
export function makeExchange(idleMs?: number): Exchange {
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

/** The headers under which `makeExchange` may be answered with less on the wire. */
export const compressed = { 'accept-encoding': 'gzip' } as const;

function readBody(response: IncomingMessage, done: (error: Error | undefined, text: string) => void): void {
  const parts: Buffer[] = [];
  response.on('data', (part: Buffer) => parts.push(part));
  response.once('error', (error) => done(error, ''));
  response.once('end', () => {
    const whole = parts.length === 1 && parts[0] !== undefined ? parts[0] : Buffer.concat(parts);
    if (response.headers['content-encoding'] !== 'gzip') done(undefined, whole.toString('utf8'));
    else
      gunzip(whole, (error, text) => done(error ?? undefined, error === null ? text.toString('utf8') : ''));
  });
}
