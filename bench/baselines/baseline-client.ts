import { z } from 'zod';
import { BatchAnswer } from '../../shared/graph/answer-schemas';
import { GraphError } from '../../shared/graph/refusals/graph-error';
import type { GraphTransport } from '../../shared/graph/graph-transport';
import { retryAfterMs } from '../../shared/kernel/retry-after';

/** What the baselines are to bring about: this SKU, with these plans off. */
export type Wanted = { readonly skuId: string; readonly disabledPlans: readonly string[] };

/** A user of Graph with the licenses in force. */
export const Holder = z.object({
  id: z.string(),
  assignedLicenses: z.array(z.object({ skuId: z.string(), disabledPlans: z.array(z.string()) })),
});
export type Holder = z.infer<typeof Holder>;

/** Whether the user has every wanted plan switched off. */
export function holdsWanted({ assignedLicenses }: Holder, { skuId, disabledPlans }: Wanted): boolean {
  const held = assignedLicenses.find((license) => license.skuId === skuId);
  return disabledPlans.every((plan) => held?.disabledPlans.includes(plan) === true);
}

/** One request, as a cmdlet sends it. Answers false when Graph refuses it; it is not tried again. */
export async function tryPost(graph: GraphTransport, path: string, body: unknown): Promise<boolean> {
  try {
    await graph.write({ method: 'POST', path, body });
    return true;
  } catch (thrown) {
    if (thrown instanceof GraphError) return false;
    throw thrown;
  }
}

/** One GET without a second try; undefined: refused. */
export async function tryGet<Answer>(
  graph: GraphTransport,
  path: string,
  schema: z.ZodType<Answer>,
): Promise<Answer | undefined> {
  try {
    return await graph.ask({ method: 'GET', path }, schema);
  } catch (thrown) {
    if (thrown instanceof GraphError) return undefined;
    throw thrown;
  }
}

export type BatchRequest = { readonly method: 'GET' | 'POST'; readonly url: string; readonly body?: unknown };
export type BatchPart = {
  readonly status: number;
  readonly body: unknown;
  /** What a throttled part asked for; 0: nothing. */
  readonly retryAfterMs: number;
};

/** At most 20 requests in one `$batch`; the answers in their order. */
export async function sendBatch(
  graph: GraphTransport,
  requests: readonly BatchRequest[],
): Promise<readonly BatchPart[]> {
  const parts = requests.map((request, index) => ({
    id: String(index),
    ...request,
    ...(request.body === undefined ? {} : { headers: { 'content-type': 'application/json' } }),
  }));
  const { responses } = await graph.ask(
    { method: 'POST', path: '/$batch', body: { requests: parts } },
    BatchAnswer,
  );
  return parts.map(({ id }) => {
    const part = responses.find((response) => response.id === id);
    const header = Object.entries(part?.headers ?? {}).find(([name]) => /^retry-after$/i.test(name));
    return {
      status: part?.status ?? 0,
      body: part?.body,
      retryAfterMs: retryAfterMs(header === undefined ? undefined : String(header[1]), graph.now) ?? 0,
    };
  });
}

/** The items in lists of at most `size`. */
export function inPortions<Item>(items: readonly Item[], size: number): readonly (readonly Item[])[] {
  return Array.from({ length: Math.ceil(items.length / size) }, (_, index) =>
    items.slice(index * size, (index + 1) * size),
  );
}
