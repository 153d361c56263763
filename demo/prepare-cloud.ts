import { setTimeout as sleep } from 'node:timers/promises';
import type { RunningCloud } from '../local/cloud';
import { waitUntilFollowing } from './wait-until-following';
import { controlHeaders } from '@auto-licenser/graph-emulator/client';

/** How the demo's Graph misbehaves unless told not to; each as Microsoft's does on some days. */
export const misbehavior = {
  usageLocationLagMs: 1_500,
  error429Rate: 0.01,
  error503Rate: 0.01,
  duplicateNotificationRate: 0.2,
  provisioningMs: { min: 2_000, max: 8_000 },
} as const;

/** What the settings above do, for people. */
export const misbehaviorInWords = [
  'The cloud misbehaves on purpose (--calm switches it off): 1 % of calls answer',
  '429 and 1 % 503, a usage location is refused for 1.5 s after it was set,',
  'notifications are duplicated, plans take seconds to provision.',
].join('\n');

async function post(url: string, body: unknown, headers: Record<string, string> = {}): Promise<void> {
  const answer = await fetch(url, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...headers },
    body: JSON.stringify(body),
  });
  if (!answer.ok) throw new Error(`${url} answered ${answer.status}: ${await answer.text()}`);
}

/** Has a timer function run now, as an administrator would. */
export async function runFunction(
  { origin, masterKey }: RunningCloud['file']['functions'],
  name: string,
): Promise<void> {
  await post(`${origin}/admin/functions/${name}`, {}, { 'x-functions-key': masterKey });
}

/**
 * Waits until the app follows changes by delta, has it subscribe to notifications (in Azure its timer does), and
 * lets Graph misbehave if asked. `isResumed`: Graph remembers how it misbehaved before.
 */
export async function prepareCloud(
  cloud: RunningCloud,
  options: { readonly calm: boolean; readonly isResumed?: boolean },
): Promise<void> {
  const { functions, graph } = cloud.file;
  await waitUntilFollowing(functions.origin, 300_000);
  await runFunction(functions, 'graph-subscription');
  await waitForSubscription(graph.origin);
  const faults = `${graph.origin}/_local/faults`;
  if (!options.calm) await post(faults, misbehavior, controlHeaders(graph));
  // A kept state has the faults of the run before.
  else if (options.isResumed === true)
    await fetch(faults, { method: 'DELETE', headers: controlHeaders(graph) });
}

/** The handshake takes up to a second. Without it delta finds every change all the same, so its failure is not fatal. */
async function waitForSubscription(graphOrigin: string): Promise<void> {
  const deadline = performance.now() + 5_000;
  while (performance.now() < deadline) {
    const state = (await (await fetch(`${graphOrigin}/_local/state`)).json()) as { subscriptions: number };
    if (state.subscriptions > 0) return;
    await sleep(100);
  }
}
