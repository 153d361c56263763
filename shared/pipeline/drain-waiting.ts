import type { SkuId, UserId } from '../kernel/ids';
import { isGranted, serveWaiting } from '../licensing/serve-waiting';
import type { WaitingEntry } from '../store/waiting-store';
import type { Pipeline } from './dependencies';

/** A seat is set aside for so long; who has not used it by then lets the next one go first. */
const grantMs = 5 * 60_000;
const lease = 'waiting-list';
const leaseMs = 30_000;
/** A crowd is served in rounds, so that the tenant's SKUs are not read for each of its users. */
const roundMs = 1_000;
const mostRounds = 3;
const atOnce = 16;

/** One drain a process: who comes while it runs makes it go round once more. */
export type DrainGate = { isRunning: boolean; again: boolean };
export const makeDrainGate = (): DrainGate => ({ isRunning: false, again: false });

/** The handler of the `waiting-list` timer: serves who waits, as far as seats are free. */
export async function drainWaiting(pipeline: Pipeline): Promise<void> {
  await serveNow(pipeline);
}

/**
 * Serves the waiting lists now: one holder of the lease reads the seats afresh and sets them aside, by priority,
 * then waiting time. `inHand` is being handled by the caller and gets no hint. False: another caller or process is
 * at it, and whoever it serves is told by a hint.
 */
export async function serveNow(pipeline: Pipeline, inHand?: UserId): Promise<boolean> {
  const { drainGate: gate, leases, clock } = pipeline;
  if (gate.isRunning) {
    gate.again = true;
    return false;
  }
  gate.isRunning = true;
  const holder = pipeline.newId();
  try {
    if (!(await leases.take(lease, holder, leaseMs))) return false;
    try {
      for (let round = 1; ; round++) {
        gate.again = false;
        await serveRound(pipeline, inHand);
        // The flag is set by callers that came meanwhile.
        if (!isAskedAgain(gate) || round >= mostRounds) return true;
        await clock.sleep(roundMs);
      }
    } finally {
      await leases.release(lease, holder);
    }
  } finally {
    gate.isRunning = false;
  }
}

function isAskedAgain(gate: DrainGate): boolean {
  return gate.again;
}

async function serveRound(pipeline: Pipeline, inHand: UserId | undefined): Promise<void> {
  const { waiting, catalogue, clock, logger } = pipeline;
  const skus = await openSkus(pipeline, await waiting.skus());
  if (skus.length === 0) return;
  const { book } = await catalogue.readFresh();
  const served = new Set<UserId>();
  for (const skuId of skus) {
    const free = book.free(skuId);
    if (free <= 0) continue;
    const now = clock.now();
    const { refusedUntil } = await waiting.service(skuId);
    if (refusedUntil !== null && refusedUntil > now) continue;
    const granted = await grantSeats(pipeline, skuId, free, now);
    if (granted.length === 0) continue;
    await waiting.noteServed(skuId, now, granted.length);
    for (const { userId } of granted) served.add(userId);
    logger.info('Seats set aside for users who wait', { skuId, seats: granted.length, free });
  }
  if (inHand !== undefined) served.delete(inHand);
  if (served.size === 0) return;
  const seenAt = new Date(clock.now()).toISOString();
  await pipeline.queues.sendHints(
    [...served].map((id) => ({ kind: 'look' as const, user: { id }, source: 'waiting' as const, seenAt })),
  );
}

/** Seats of what is paused would be set aside in vain. */
async function openSkus({ pauses }: Pipeline, skus: readonly SkuId[]): Promise<readonly SkuId[]> {
  if (skus.length === 0) return skus;
  const scopes = new Set((await pauses.current()).map(({ scope }) => scope));
  if (scopes.has('apply') || scopes.has('intake')) return [];
  return skus.filter((skuId) => !scopes.has(`sku:${skuId}`));
}

/**
 * In portions: so many are set aside at a time as are written within seconds. Their writes go before those of
 * crowds, and a grant must not run out while its user stands in a queue.
 */
async function grantSeats(
  { waiting, settings }: Pipeline,
  skuId: SkuId,
  free: number,
  now: number,
): Promise<readonly WaitingEntry[]> {
  const entries: WaitingEntry[] = [];
  for await (const entry of waiting.list(skuId)) entries.push(entry);
  const outstanding = entries.filter((entry) => isGranted(entry, now)).length;
  const portion = Math.max(0, 2 * settings.lanes - outstanding);
  const chosen = serveWaiting(entries, () => free, now).slice(0, portion);
  const granted: WaitingEntry[] = [];
  for (let start = 0; start < chosen.length; start += atOnce) {
    const some = chosen.slice(start, start + atOnce);
    // Whoever has left or changed since the list was read is served by the next round.
    const done = await Promise.all(some.map((entry) => waiting.grant(entry, now + grantMs)));
    granted.push(...some.filter((_, index) => done[index]));
  }
  return granted;
}
