import type { Answer, OpenGraph } from '@auto-licenser/graph-emulator/open-graph';
import type { SendRequest } from '../../shared/graph/send-request';
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
    const headers = new Headers(options.headers);
    await time.sleep(halfMs);
    const answer = await graph.answer({
      method,
      url: url.slice(new URL(url).origin.length),
      header: (name) => headers.get(name) ?? undefined,
      text: typeof body === 'string' ? body : '',
    });
    await time.sleep(halfMs);
    if (answer.isReset) throw new TypeError('terminated');
    return toResponse(answer);
  };
}

function toResponse({ status, headers, body }: Answer): Response {
  const text = body === undefined ? null : typeof body === 'string' ? body : JSON.stringify(body);
  return new Response(status === 204 ? null : text, { status, headers });
}
