import { setTimeout as sleep } from 'node:timers/promises';
import type { LocalCloud } from '../../local/cloud-file';

/** Graph puts so many notifications into a call. */
export const perCall = 100;
/** 2,000 notifications a second. */
const betweenCallsMs = 50;

/** What came of the calls of one stretch. */
export type Stretch = {
  readonly calls: number;
  /** Milliseconds from when a call was due to its answer, whatever it said. */
  readonly answerMs: readonly number[];
  /** Calls that were not answered 202. */
  readonly refused: number;
  /** From the first call to the last answer. */
  readonly seconds: number;
};

/** The user of a notification, by its number: no two of a run are the same. */
export const userOf = (number: number): string =>
  `0badcafe-0000-4000-8000-${number.toString(16).padStart(12, '0')}`;

/**
 * Calls a route at 2,000 notifications a second, whether or not it has answered the calls before. `first`: the number of the
 * first user.
 */
export async function postNotifications(
  { functions, graph }: Pick<LocalCloud, 'functions' | 'graph'>,
  route: 'bare' | 'graph-notification',
  { calls, first }: { readonly calls: number; readonly first: number },
): Promise<Stretch> {
  const url = `${functions.origin}/api/${route}?code=${encodeURIComponent(functions.functionKey)}`;
  const answerMs: number[] = [];
  let refused = 0;
  const began = performance.now();
  const post = async (call: number, dueAt: number) => {
    const numbers = Array.from({ length: perCall }, (_, index) => first + call * perCall + index);
    const value = numbers.map((number) => notification(number, functions.clientState, graph.tenantId));
    const answer = await fetch(url, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ value }),
    }).catch(() => undefined);
    await answer?.arrayBuffer();
    if (answer?.status !== 202) refused++;
    answerMs.push(performance.now() - dueAt);
  };
  const answers: Promise<void>[] = [];
  for (let call = 0; call < calls; call++) {
    const dueAt = began + call * betweenCallsMs;
    const wait = dueAt - performance.now();
    if (wait > 0) await sleep(wait);
    answers.push(post(call, dueAt));
  }
  await Promise.all(answers);
  return { calls, answerMs, refused, seconds: (performance.now() - began) / 1_000 };
}

const expiresAt = new Date(Date.now() + 3 * 24 * 3_600_000).toISOString();

/** As Graph sends it. https://learn.microsoft.com/graph/api/resources/changenotification */
function notification(number: number, clientState: string, tenantId: string): Record<string, unknown> {
  const id = userOf(number);
  const resource = `Users/${id}`;
  return {
    id: `5eed0000-0000-4000-8000-${number.toString(16).padStart(12, '0')}`,
    changeType: 'updated',
    subscriptionId: '76222963-cc7b-42d2-882d-8aaa69cb2ba3',
    subscriptionExpirationDateTime: expiresAt,
    tenantId,
    clientState,
    resource,
    resourceData: {
      '@odata.type': '#Microsoft.Graph.User',
      '@odata.id': resource,
      id,
      organizationId: tenantId,
      eventTime: expiresAt,
      sequenceNumber: number,
    },
  };
}
