import { isoTime } from '../../kernel/clock';
import { timing } from '../../kernel/timing';
import { cause } from './cause';
import type { Cause } from './cause';
import type { StatusFacts } from './status-facts';

/** What the app knows of its sources. */
export type SourceFacts = Pick<StatusFacts, 'delta' | 'groups' | 'subscriptionEndsAt' | 'now'>;

/** The app does not learn, or soon will not, of users as it should. */
export function sourceCauses(facts: SourceFacts): readonly Cause[] {
  return [deltaCause(facts), groupsCause(facts), subscriptionCause(facts)].flatMap((one) => one ?? []);
}

function deltaCause({ delta: { workedAt, failingSince }, now }: SourceFacts): Cause | undefined {
  const isHeard = failingSince === null && workedAt !== null && now - workedAt <= timing.ops.deaf.ms;
  if (isHeard) return undefined;
  return cause(
    'delta/deaf',
    failingSince ?? workedAt,
    null,
    'Changes of users are not followed: joiners are not found by delta',
    'See that the function users-delta runs; its log says why it does not.',
  );
}

function groupsCause({ groups, now }: SourceFacts): Cause | undefined {
  const since = findGroupsDeafSince(groups, now);
  if (since === null) return undefined;
  return cause(
    'groups/deaf',
    since,
    null,
    'Changes of groups are not followed: who joins or leaves one is found by the census',
    'licenser doctor says why; the log of users-delta has every attempt.',
    'licenser doctor',
  );
}

/** Rounds fail, or none has come to its end for long: milliseconds; null: groups are followed, or no policy names one. */
function findGroupsDeafSince(groups: SourceFacts['groups'], now: number): number | null {
  if (groups?.isUsed !== true) return null;
  const { failingSince, workedAt } = groups;
  if (failingSince !== null && now - failingSince > timing.doctor.deltaFailing.ms) return failingSince;
  return workedAt !== null && now - workedAt > timing.ops.deaf.ms ? workedAt : null;
}

/** It is renewed every 15 minutes for a week, so that one with less than a day left has not been renewed for six. */
function subscriptionCause({ subscriptionEndsAt: endsAt, now }: SourceFacts): Cause | undefined {
  const ends = timing.doctor.subscriptionEnds.ms;
  if (endsAt === undefined || endsAt - now >= ends) return undefined;
  const text =
    endsAt > now ? `ends at ${isoTime(endsAt)} and has not been renewed` : `ended at ${isoTime(endsAt)}`;
  return cause(
    'subscription/ends',
    endsAt - ends,
    null,
    `Graph’s subscription to users ${text}: without it joiners are found by delta alone`,
    'See that the function graph-subscription runs; its log says why it does not.',
    'licenser doctor',
  );
}
