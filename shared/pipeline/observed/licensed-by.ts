import type { UserId } from '../../kernel/ids';
import type { UserState } from '../../words/user-state';
import type { TimeSample } from '../../words/time-sample';
import { timing } from '../../kernel/timing';

/** Outcomes of users to whom nothing was owed: a license after these follows a later change, not their arrival. */
const settled: ReadonlySet<string> = new Set(['nothing', 'licensed', 'outOfScope', 'grace', 'pinned']);

/**
 * How long the way to the first license took, when this change of the row is its end; undefined for every other
 * change. The row is changed by compare-and-set and keeps `writtenAt`, so no crash and no repetition counts twice.
 */
export function licensedBy(
  userId: UserId,
  before: UserState | null,
  after: UserState,
): TimeSample | undefined {
  if (before === null) return undefined;
  const since = (at: number) => Math.max(0, at - before.firstSeenAt);
  if (before.writtenAt === null && after.writtenAt !== null) {
    if (before.outcome !== null && settled.has(before.outcome)) return undefined;
    const decidedAt = before.decidedAt ?? after.decidedAt ?? after.writtenAt;
    const stages = [
      ['decided', since(decidedAt)],
      ['written', since(after.writtenAt)],
    ] as const;
    return { userId, at: after.writtenAt, stages };
  }
  if (before.writtenAt === null || before.verifiedAt !== null || after.verifiedAt === null) return undefined;
  // Verified long after: a look at a user who was licensed before anything was verified.
  if (after.verifiedAt - before.writtenAt > timing.intake.longestVerify.ms) return undefined;
  return { userId, at: after.verifiedAt, stages: [['verified', since(after.verifiedAt)]] };
}
