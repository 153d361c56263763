import type { Answer, OpenGraph } from '@auto-licenser/graph-emulator/open-graph';
import type { GraphAnswer, SendRequest } from '../../shared/graph/send-request';
import type { Random } from '../../shared/kernel/random';
import type { VirtualTime } from './virtual-time';

/** How long requests take, milliseconds from and to; drawn evenly in between. */
export type Latencies = {
  readonly read: readonly [number, number];
  readonly write: readonly [number, number];
};

/**
 * What the product's Graph client sends goes to a tenant in this process; the answer takes its time on the virtual
 * clock. A request is handled in the middle of that time.
 */
export function sendTo(
  graph: OpenGraph,
  time: VirtualTime,
  random: Random,
  latencies: Latencies,
): SendRequest {
  return async (url, options) => {
    const { method = 'GET', body } = options;
    const isRead = method === 'GET' || url.endsWith('/$batch');
    const [least, most] = isRead ? latencies.read : latencies.write;
    const halfMs = Math.round((least + random() * (most - least)) / 2);
    const header = headersOf(options.headers);
    await time.sleep(halfMs);
    const answer = await graph.answer({
      method,
      url: url.slice(new URL(url).origin.length),
      header,
      text: typeof body === 'string' ? body : '',
    });
    await time.sleep(halfMs);
    if (answer.isReset) throw new TypeError('terminated');
    return toResponse(answer);
  };
}

/**
 * Headers by name in lower case. The client hands over a plain object as a rule; building `Headers` of it for every
 * request would cost more than the request.
 */
function headersOf(given: RequestInit['headers']): (name: string) => string | undefined {
  if (given === undefined) return () => undefined;
  if (given instanceof Headers || Array.isArray(given)) {
    const headers = new Headers(given);
    return (name) => headers.get(name) ?? undefined;
  }
  const entries = Object.entries(given) as readonly (readonly [string, string])[];
  return (name) => entries.find(([one]) => one.length === name.length && one.toLowerCase() === name)?.[1];
}

/** No `Response`: its body is a stream, which takes several turns of Node for a text that is there already. */
function toResponse({ status, headers, body }: Answer): GraphAnswer {
  const text =
    body === undefined || status === 204 ? '' : typeof body === 'string' ? body : JSON.stringify(body);
  const header = headersOf(headers);
  return {
    ok: status >= 200 && status < 300,
    status,
    headers: { get: (name) => header(name.toLowerCase()) ?? null },
    text: async () => text,
    json: async () => JSON.parse(text) as unknown,
  };
}
