import { compressed, makeExchange } from '../kernel/http/exchange';
import { timing } from '../kernel/timing';

/** As much of an answer as the client's chain and the transport look at; `fetch` answers so too. */
export type GraphAnswer = Pick<Response, 'ok' | 'status' | 'text' | 'json'> & {
  readonly headers: Pick<Headers, 'get'>;
};

/** Sends a request as `fetch` does, or to where it is not a wire: a Graph in this process. */
export type SendRequest = (url: string, options: RequestInit) => Promise<GraphAnswer>;

/** Requests over connections that this process keeps; redirects are not followed, whatever the options say. */
export function makeSendRequest(): SendRequest {
  const exchange = makeExchange(timing.graph.idleConnection.ms);
  return async (url, { method = 'GET', headers, body, signal }) => {
    const answer = await exchange({
      method,
      url,
      // A page of users is a hundred kilobytes of JSON, an answer to a write a few hundred characters.
      headers: { ...(isReading(method, url) ? compressed : {}), ...toObject(headers) },
      body: typeof body === 'string' ? body : undefined,
      signal: signal ?? undefined,
    });
    const { status } = answer;
    return {
      ok: status >= 200 && status < 300,
      status,
      headers: {
        get: (name) => {
          const value = answer.headers[name.toLowerCase()];
          return (Array.isArray(value) ? value.join(', ') : value) ?? null;
        },
      },
      text: async () => answer.body,
      json: async () => JSON.parse(answer.body) as unknown,
    };
  };
}

/** A batch is mostly of reads. */
const isReading = (method: string, url: string) => method === 'GET' || url.endsWith('/$batch');

function toObject(headers: RequestInit['headers']): Readonly<Record<string, string>> {
  if (headers === undefined) return {};
  if (headers instanceof Headers || Array.isArray(headers)) return Object.fromEntries(new Headers(headers));
  return headers as Readonly<Record<string, string>>;
}
