import { isoTime } from '../../kernel/clock';
import { timing } from '../../kernel/timing';
import { cause } from './cause';
import type { Cause } from './cause';
import type { StatusFacts } from './status-facts';

/** Users get their licenses, but later than they should. */
export function lateCauses({
  quotaClosedUntil,
  timeToLicensed,
  overdue,
  now,
}: StatusFacts): readonly Cause[] {
  const causes: Cause[] = [];
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
  const { p95, minutes, objective } = timeToLicensed;
  if (p95 !== null && p95 > objective) {
    causes.push(
      cause(
        'objective/missed',
        null,
        null,
        `95 % of the users of the last ${String(minutes)} min had their license within ${String(Math.round(p95 / 1_000))} s; the objective is ${String(Math.round(objective / 1_000))} s`,
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
        `${count(overdue.users)} should have an outcome by now, the first of them since ${isoTime(overdue.since)}`,
        'The overview names who waits longest: licenser user show USER says what is next.',
      ),
    );
  }
  return causes;
}

/** Some users have no license yet: names that stand for nothing, seats, failures, rollouts, users without an outcome. */
export function partCauses({
  names = [],
  waiting,
  failures,
  rollouts,
  usersWithoutOutcome,
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
  ];
}

/** To be known, and no reason against the verdict: what only a person can settle, or has set aside. */
export function knownCauses({
  blocked = [],
  pauses,
  dismissed,
  approval,
  now,
}: StatusFacts): readonly Cause[] {
  const old = 'problem' in pauses ? [] : pauses.filter(({ at }) => now - at > timing.doctor.pauseOld.ms);
  return [
    ...blocked.map(({ code, text, users, since }) =>
      cause(
        'users/blocked',
        since,
        users,
        `${count(users)} blocked (${code}): ${text}`,
        'The doctor names them; the page Users lists them.',
        'licenser doctor',
        code,
      ),
    ),
    ...old
      .filter(({ origin }) => origin === 'operator')
      .map(({ scope, by, reason, at }) =>
        cause(
          'paused/old',
          at,
          null,
          `${scope} has been paused for more than a day, by ${by}: ${reason}`,
          'Resume it when it is no longer needed.',
          `licenser queue resume ${scope}`,
          scope,
        ),
      ),
    ...(dismissed === undefined || dismissed.count === 0
      ? []
      : [
          cause(
            'failures/dismissed',
            dismissed.since,
            dismissed.count,
            `${count(dismissed.count)} failed and were dismissed from the list`,
            'See whether they still matter.',
            'licenser failure list --state dismissed',
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
