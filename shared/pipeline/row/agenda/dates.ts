import { soughtSeats } from '../../../licensing/seats/sought-seats';
import { requeueTiming } from '../../../kernel/timing/pipeline/requeue';
import { timing } from '../../../kernel/timing';
import type { Reason } from '../../../words/reason';
import type { UserState } from '../../../words/user-state';
import { attemptsOf, newEntry } from './agenda';
import { attemptLimits } from './causes';
import type { AgendaEntry } from './agenda';
import type { Moment, Seen } from '../events';
import { parkedUntil, pausedCode } from '../pause-codes';
import { foundSince } from '../user-state';

/**
 * What a standing decision itself asks for: its own date, a seat that may come free, memberships that follow a new
 * user. `known`: entries that are still to come; one of the same cause keeps its time, where the decision names none.
 */
export function datesOfDecision(
  seen: Seen,
  before: UserState | null,
  isFirstWrite: boolean,
  known: readonly AgendaEntry[],
  moment: Moment,
): readonly AgendaEntry[] {
  const { decision } = seen;
  const entries: AgendaEntry[] = [];
  const knownOf = (key: string) => known.find((entry) => entry.key === key);
  if (decision.lookAgainAt !== null) {
    const why: Reason = { code: 'due', text: 'A date in the decision is reached.' };
    const same = knownOf('due');
    entries.push(
      same?.at === decision.lookAgainAt
        ? same
        : newEntry(before, 'due', why, moment, { at: decision.lookAgainAt }),
    );
  }
  if (soughtSeats(decision.skus).length > 0) {
    const why: Reason = { code: 'seats/waiting', text: 'A seat may have come free.' };
    entries.push(knownOf('waiting') ?? newEntry(before, 'waiting', why, moment));
  }
  if (seen.leftFor !== null) {
    const why: Reason = {
      code: pausedCode(seen.leftFor),
      text: `Paused (${seen.leftFor}): a part of what is to be written waits for that.`,
    };
    entries.push(knownOf('paused') ?? newEntry(before, 'paused', why, moment, { at: parkedUntil(moment) }));
  }
  // One that is scheduled stays: by the next look the user is no longer newly found or newly written.
  const scheduled = seen.usesGroups ? knownOf('groups') : undefined;
  const groupsAt = lateGroupsAt(seen, before, isFirstWrite, moment.now);
  if (scheduled !== undefined) entries.push(scheduled);
  else if (groupsAt !== undefined) {
    const why: Reason = { code: 'graph/late-groups', text: 'Memberships of a new user may follow later.' };
    entries.push(newEntry(before, 'groups', why, moment, { at: groupsAt }));
  }
  return entries;
}

/** When memberships of a new user are looked for next: 90 s after they were found, and once more without a license. */
function lateGroupsAt(
  { usesGroups, decision }: Seen,
  before: UserState | null,
  isFirstWrite: boolean,
  now: number,
): number | undefined {
  const foundAt = foundSince(before, now);
  if (!usesGroups) return undefined;
  const waitMs = requeueTiming.groups.firstMs;
  const looks = [
    ...(isFirstWrite ? [now + waitMs] : []),
    ...(foundAt === undefined ? [] : [foundAt + waitMs]),
    ...(foundAt === undefined || decision.ledger.length > 0 ? [] : [foundAt + 2 * waitMs]),
  ];
  return looks.find((time) => time > now);
}

/**
 * A change was reported, or seen before, that this read does not show: read again after 5 s, then after 90 s. Where that
 * has been for an older report, after 90 s once more.
 */
export function unseenEntry(state: UserState | null, text: string, moment: Moment): AgendaEntry {
  const attempts = Math.min(attemptsOf(state, 'lag'), attemptLimits.lag ?? Infinity);
  const waitMs = attempts === 1 ? requeueTiming.lag.firstMs : requeueTiming.lag.maxMs;
  const why: Reason = { code: 'graph/lag', text };
  return { ...newEntry(state, 'lag', why, moment, { at: moment.now + waitMs }), attempts };
}

/** After this time a read proves whether the write of `at` took effect. */
export function afterReadLag(at: number): number {
  return at + timing.licensing.readLag.ms + timing.row.afterReadLag.ms;
}
