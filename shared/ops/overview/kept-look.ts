import { overrideMembers } from '../../kernel/override-members';
import type { Clock } from '../../kernel/clock';
import { timing } from '../../kernel/timing';
import type { QueueInspector } from '../../queue/queue-inspector';
import { writeKindOf } from '../../queue/queues';
import type { QuotaView } from '../../quota/read-quota';
import { readRounds, roundCursors } from '../../pipeline/intake/delta-round';
import type { Services } from '../../pipeline/services';
import type { CursorStore } from '../../store/ports/cursor-store';
import type { Levels } from '../../store/ports/ops/levels';
import type { Latest } from '../levels/read-levels';
import { subscriptionEndsAt } from '../sources/subscription-end';
import { sourceCauses } from '../status/causes-of-sources';

/** The levels as they were read for one answer; null, undefined: they could not be read, or there are none yet. */
type Reading = Promise<Levels | null | undefined>;

/**
 * Cursors of which those that tell how the sources are come from what `observe` has just seen, so that most looks read one row
 * of theirs: that of the rounds, which tells trouble at once. It is read beside what `observe` saw, not behind it. Where
 * that timer does not run all are read; and where they would be a cause of the verdict, which may be gone by now.
 */
export function withKeptCursors(
  { cursors, settings, clock }: Pick<Services, 'cursors' | 'settings' | 'clock'>,
  reading: Promise<Latest | null>,
): CursorStore {
  return overrideMembers(cursors, {
    async readAll(but) {
      const [rounds, latest] = await Promise.all([cursors.read(roundCursors.rounds), reading]);
      const kept = latest?.look?.cursors;
      if (kept === undefined) return cursors.readAll(but);
      const seen: Pick<CursorStore, 'read'> = {
        read: async (name) => {
          if (name === roundCursors.rounds) return rounds;
          const row = kept[name];
          return row === undefined ? cursors.read(name) : { etag: null, ...row };
        },
      };
      const [{ users, groups }, endsAt] = await Promise.all([
        readRounds(seen),
        subscriptionEndsAt({ cursors: seen, settings }),
      ]);
      const causes = sourceCauses({
        delta: users,
        groups,
        ...(endsAt === undefined ? {} : { subscriptionEndsAt: endsAt }),
        now: clock.now(),
      });
      return causes.length === 0 ? seen : cursors.readAll(but);
    },
  });
}

/**
 * An inspector that takes the oldest messages that `observe` last saw for those of now, so that most looks peek at no queue.
 * A message that would be old enough to be a cause of the verdict is looked for again: it may be gone. Bulk work waits for
 * the quota, and is no cause.
 */
export function withKeptAges(inspector: QueueInspector, reading: Reading, clock: Clock): QueueInspector {
  return overrideMembers(inspector, {
    async oldestActiveAt(queue) {
      const now = clock.now();
      const kept = keptOf(await reading, now)?.oldest?.[queue];
      const isCertain =
        typeof kept === 'number' && (writeKindOf(queue) === 'bulk' || now - kept < timing.ops.stuck.ms);
      return isCertain ? kept : inspector.oldestActiveAt(queue);
    },
  });
}

/** The shared write quota as `observe` last read it; where it does not run, as its row says now. */
export async function keptQuota(
  quota: () => Promise<QuotaView | null>,
  reading: Reading,
  clock: Clock,
): Promise<QuotaView | null> {
  const kept = keptOf(await reading, clock.now())?.quota;
  return kept === undefined ? quota() : kept;
}

/** undefined: `observe` does not run. */
function keptOf(levels: Levels | null | undefined, now: number): Levels | undefined {
  if (levels === null || levels === undefined) return undefined;
  return now - levels.at <= timing.ops.verdictOld.ms ? levels : undefined;
}
