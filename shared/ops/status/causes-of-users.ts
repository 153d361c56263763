import { isoTime } from '../../kernel/clock';
import { timing } from '../../kernel/timing';
import { cause } from './cause';
import type { Cause } from './cause';
import type { StatusFacts } from './status-facts';

/** Users get their licenses, but later than they should. */
export function lateCauses({
  delta,
  groups,
  quotaClosedUntil,
  timeToLicensed,
  overdue,
  now,
}: StatusFacts): readonly Cause[] {
  const causes: Cause[] = [];
  const heardAt = delta.workedAt;
  if (delta.failingSince !== null || heardAt === null || now - heardAt > timing.ops.deaf.ms) {
    const since = delta.failingSince ?? heardAt;
    causes.push(
      cause(
        'delta/deaf',
        since,
        null,
        'Changes of users are not followed: joiners are not found by delta',
        'See that the function users-delta runs; its log says why it does not.',
      ),
    );
  }
  const groupsDeafSince = findGroupsDeafSince(groups, now);
  if (groupsDeafSince !== null) {
    causes.push(
      cause(
        'groups/deaf',
        groupsDeafSince,
        null,
        'Changes of groups are not followed: who joins or leaves one is found by the census',
        'licenser doctor says why; the log of users-delta has every attempt.',
        'licenser doctor',
      ),
    );
  }
  if (quotaClosedUntil !== null && quotaClosedUntil > now) {
    causes.push(
      cause(
        'quota/closed',
        null,
        null,
        `Graph has closed the write quota until ${isoTime(quotaClosedUntil)}`,
        'Wait; or see which other tool of this identity writes.',
      ),
    );
  }
  const { p95, objective } = timeToLicensed;
  if (p95 !== null && p95 > objective) {
    causes.push(
      cause(
        'objective/missed',
        null,
        null,
        `95 % of the users of the last hour had their license within ${String(Math.round(p95 / 1_000))} s; the objective is ${String(Math.round(objective / 1_000))} s`,
        'See the queues: licenser queue status.',
      ),
    );
  }
  if (overdue !== undefined) {
    causes.push(
      cause(
        'users/overdue',
        overdue.since,
        overdue.users,
        `${count(overdue.users)} should have an outcome since ${isoTime(overdue.since)}`,
        'The overview names who waits longest: licenser user show USER says what is next.',
      ),
    );
  }
  return causes;
}

/** Rounds fail, or none has come to its end for long: milliseconds; null: groups are followed, or no policy names one. */
function findGroupsDeafSince(groups: StatusFacts['groups'], now: number): number | null {
  if (groups?.isUsed !== true) return null;
  const { failingSince, workedAt } = groups;
  if (failingSince !== null && now - failingSince > timing.doctor.deltaFailing.ms) return failingSince;
  return workedAt !== null && now - workedAt > timing.ops.deaf.ms ? workedAt : null;
}

/** Some users have no license yet: names that stand for nothing, seats, failures, rollouts, users without an outcome. */
export function partCauses({
  names = [],
  waiting,
  failures,
  rollouts,
  usersWithoutOutcome,
  approval,
}: StatusFacts): readonly Cause[] {
  return [
    ...names.map(({ code, text }) =>
      cause(
        'policy/names',
        null,
        null,
        text,
        'Correct the name in the policy, or name it by its id, and activate the policy.',
        'licenser doctor',
        code,
      ),
    ),
    ...waiting
      .filter(({ users }) => users > 0)
      .map(({ sku, users }) =>
        cause(
          'seats/out',
          null,
          users,
          `${sku} has no seat for ${count(users)}`,
          'Buy or free seats.',
          'licenser waiting list',
          sku,
        ),
      ),
    ...failures.map(({ class: name, count: users, oldestAt }) =>
      cause(
        'failures/open',
        oldestAt,
        users,
        `${count(users)} failed: ${name}`,
        'Each says what to do: licenser failure list.',
        `licenser failure replay --class ${name}`,
        name,
      ),
    ),
    ...rollouts.map(({ id, state, at, members }) =>
      state === 'awaiting'
        ? cause(
            'rollout/awaiting',
            at,
            members,
            `Rollout ${id} of ${count(members)} awaits approval`,
            'Look at it, then approve or cancel it.',
            `licenser rollout show ${id} --members`,
            id,
          )
        : cause(
            'rollout/held',
            at,
            members,
            `Guards hold back changes of ${count(members)}: ${id}`,
            'Look at it, then approve or cancel it.',
            `licenser rollout show ${id} --members`,
            id,
          ),
    ),
    ...(usersWithoutOutcome === 0
      ? []
      : [
          cause(
            'users/without-outcome',
            null,
            usersWithoutOutcome,
            `${count(usersWithoutOutcome)} had no outcome after the census`,
            'See who: licenser census status.',
          ),
        ]),
    ...(approval === 'one-person'
      ? [
          cause(
            'approval/one-person',
            null,
            null,
            'Who asks for a rollout may also approve it: LICENSER_APPROVAL is one-person',
            'Set it to guards or always as soon as two people can do it. A purge takes two all the same.',
          ),
        ]
      : []),
  ];
}

function count(users: number): string {
  return users === 1 ? '1 user' : `${String(users)} users`;
}
