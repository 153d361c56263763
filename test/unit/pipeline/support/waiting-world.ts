import { toUserId } from '../../../../shared/kernel/ids';
import { drainWaiting } from '../../../../shared/pipeline/seats/drain-waiting';
import { makePipelineWorld } from '../../../support/pipeline-world';

export type World = ReturnType<typeof makePipelineWorld>;

export const minute = 60_000;

export const other = (number: number) =>
  toUserId(`00000000-0000-4000-8000-${String(number).padStart(12, '0')}`);

export function worldWith(seats: { enabled: number; consumed: number }): World {
  const t = makePipelineWorld();
  t.world.seats = seats;
  return t;
}

/** Handles what is due within a minute: operations and hints, not the looks of hours later. */
export async function settle(t: World): Promise<void> {
  for (;;) {
    const due = t.sent.findIndex((one) => one.kind === 'operation' || one.at <= t.now() + minute);
    if (due < 0) return;
    t.sent.unshift(...t.sent.splice(due, 1));
    await t.step();
  }
}

export const drain = (t: World) => drainWaiting(t.pipeline, t.task);

export const places = (t: World) =>
  t.waiting.entries().map(({ userId: id, priority, grantedUntil }) => ({ id, priority, grantedUntil }));

/**
 * Another process holds the lease of the waiting lists. Who asks for longer than `mostMs` fails: in this world time
 * passes at once, and a wait without an end would hang the test.
 */
export function holdLease(t: World, whileHeld: () => Promise<void> = async () => undefined): void {
  const mostMs = 2 * minute;
  const since = t.now();
  const take = async () => {
    if (t.now() - since > mostMs) throw new Error('Asked for the lease without an end');
    await whileHeld();
    return false;
  };
  Object.assign(t.pipeline.leases, { take });
}
