import { isoTime } from '../../kernel/clock';
import { timing } from '../../kernel/timing';
import type { QueueView } from '../queues/queue-status';

/** `unknown`: tables or queues did not answer, so nothing can be said; never good by default. */
export const verdicts = ['licensing', 'late', 'partly', 'stopped', 'unknown'] as const;
export type VerdictName = (typeof verdicts)[number];

export type Cause = {
  readonly code: CauseCode;
  /** ISO 8601; null: not known. */
  readonly since: string | null;
  /** Users who are concerned; null: not counted. */
  readonly users: number | null;
  readonly text: string;
  readonly todo: string;
  /** What it is about: the scope of a pause, the class of failures, a SKU or a rollout. */
  readonly subject?: string;
  /** A command that may be all that is needed. */
  readonly action?: string;
};

export type Verdict = {
  readonly verdict: VerdictName;
  /** ISO 8601: since when the worst cause holds; null: there is none, or its beginning is not known. */
  readonly since: string | null;
  /** The worst first. */
  readonly causes: readonly Cause[];
};

/** What is known of the app at one time. A part that could not be read is its problem, as text. Times: milliseconds. */
export type StatusFacts = {
  readonly now: number;
  readonly policy: { readonly mode: 'enforce' | 'observe' } | { readonly problem: string };
  readonly pauses:
    | readonly {
        readonly scope: string;
        readonly origin: 'operator' | 'permission' | 'configuration';
        readonly reason: string;
        readonly by: string;
        readonly at: number;
      }[]
    | { readonly problem: string };
  readonly queues: readonly QueueView[] | { readonly problem: string };
  /** Users without a seat, by SKU. */
  readonly waiting: readonly { readonly sku: string; readonly users: number }[];
  readonly failures: readonly { readonly class: string; readonly count: number; readonly oldestAt: number }[];
  readonly rollouts: readonly {
    readonly id: string;
    readonly state: 'awaiting' | 'collecting';
    readonly at: number;
    readonly members: number;
  }[];
  readonly delta: { readonly workedAt: number | null; readonly failingSince: number | null };
  /** Graph closed the quota until then; null: it is open. */
  readonly quotaClosedUntil: number | null;
  /** p95 of the time to a license in the last hour, and what is aimed at; milliseconds. */
  readonly timeToLicensed: { readonly p95: number | null; readonly objective: number };
  readonly usersWithoutOutcome: number;
};

/** What a cause makes of the verdict. */
const weights = {
  'tables/unreachable': 'unknown',
  'policy/unusable': 'stopped',
  'graph/refuses': 'stopped',
  'paused/all': 'stopped',
  'mode/observe': 'stopped',
  'decide/stuck': 'stopped',
  'apply/stuck': 'stopped',
  'queues/unreachable': 'unknown',
  'delta/deaf': 'late',
  'quota/closed': 'late',
  'objective/missed': 'late',
  'paused/part': 'partly',
  'seats/out': 'partly',
  'failures/open': 'partly',
  'rollout/awaiting': 'partly',
  'rollout/held': 'partly',
  'users/without-outcome': 'partly',
} as const satisfies Readonly<Record<string, VerdictName>>;
export type CauseCode = keyof typeof weights;

/**
 * Are users being licensed? A pure function over what is known, so that command line, doctor, health, page and webhook
 * say the same. The causes come in the order of the table above: the worst first.
 */
export function judge(facts: StatusFacts): Verdict {
  const order = Object.keys(weights);
  const causes = [
    ...policyCauses(facts),
    ...pauseCauses(facts),
    ...queueCauses(facts),
    ...lateCauses(facts),
    ...partCauses(facts),
  ].sort((a, b) => order.indexOf(a.code) - order.indexOf(b.code));
  const [worst] = causes;
  // A cause that stops everything is certain, also where something else could not be read.
  const found = causes.map(({ code }) => weights[code]);
  const verdict = (['stopped', 'unknown', 'late', 'partly'] as const).find((one) =>
    found.includes(one as never),
  );
  return { verdict: verdict ?? 'licensing', since: worst?.since ?? null, causes };
}

function cause(
  code: CauseCode,
  since: number | null,
  users: number | null,
  text: string,
  todo: string,
  action?: string,
  subject?: string,
): Cause {
  return {
    code,
    since: since === null ? null : isoTime(since),
    users,
    text,
    todo,
    ...(action === undefined ? {} : { action }),
    ...(subject === undefined ? {} : { subject }),
  };
}

function policyCauses({ policy }: StatusFacts): readonly Cause[] {
  if ('problem' in policy) {
    return [
      cause(
        'policy/unusable',
        null,
        null,
        `The policy cannot be used: ${policy.problem}`,
        'Check it: licenser policy check FILE. Then deploy or activate the corrected one.',
      ),
    ];
  }
  if (policy.mode === 'enforce') return [];
  return [
    cause(
      'mode/observe',
      null,
      null,
      'The policy observes: everything is decided and nothing is written',
      'Set `mode: enforce` and activate it.',
      'licenser policy activate FILE --why REASON',
    ),
  ];
}

function pauseCauses({ pauses }: StatusFacts): readonly Cause[] {
  if ('problem' in pauses) {
    return [
      cause(
        'tables/unreachable',
        null,
        null,
        `The tables do not answer: ${pauses.problem}`,
        'See that the storage account can be reached.',
      ),
    ];
  }
  return pauses.map(({ scope, origin, reason, by, at }) => {
    const isAll = scope === 'apply' || scope === 'intake';
    if (origin === 'operator') {
      const resume = `licenser queue resume ${scope}`;
      return cause(
        isAll ? 'paused/all' : 'paused/part',
        at,
        null,
        `${scope} was paused by ${by}: ${reason}`,
        'Resume it when it is no longer needed.',
        resume,
        scope,
      );
    }
    const todo =
      origin === 'permission'
        ? 'Grant the app its Graph permissions: docs/permissions.md.'
        : 'Take the SKU out of the policy, or see that it can be assigned.';
    return cause(
      isAll ? 'graph/refuses' : 'paused/part',
      at,
      null,
      `Graph refuses ${scope}: ${reason}`,
      `${todo} It is tried every minute.`,
      undefined,
      scope,
    );
  });
}

function queueCauses({ queues, pauses, quotaClosedUntil, now }: StatusFacts): readonly Cause[] {
  if ('problem' in queues) {
    return [
      cause(
        'queues/unreachable',
        null,
        null,
        `The queues do not answer: ${queues.problem}`,
        'See that Service Bus can be reached.',
      ),
    ];
  }
  const paused = 'problem' in pauses ? [] : pauses.map(({ scope }) => scope);
  const isPaused = (scope: string) =>
    paused.some((one) => one === scope || one === 'apply' || one === 'intake');
  return queues.flatMap(({ queue, active, oldestAgeMs, exists }) => {
    if (!exists) {
      return [
        cause(
          'decide/stuck',
          null,
          null,
          `The namespace has no queue ${queue}`,
          'Deploy it: licenser doctor.',
        ),
      ];
    }
    if (oldestAgeMs === null || oldestAgeMs < timing.ops.stuck.ms) return [];
    const since = now - oldestAgeMs;
    const count = active === null ? '' : `${String(active)} messages, `;
    const text = `${queue}: ${count}the oldest ${String(Math.round(oldestAgeMs / 60_000))} min old`;
    if (queue === 'directory-changes' && !isPaused('intake')) {
      return [
        cause(
          'decide/stuck',
          since,
          active,
          `No user is decided. ${text}`,
          'See that the functions run and do not fail.',
        ),
      ];
    }
    // Bulk work waits for the quota, and may do so for hours.
    if (queue === 'license-changes' && !isPaused('apply') && quotaClosedUntil === null) {
      return [
        cause(
          'apply/stuck',
          since,
          active,
          `Nothing is written. ${text}`,
          'See that the function apply runs and does not fail.',
        ),
      ];
    }
    return [];
  });
}

function lateCauses({ delta, quotaClosedUntil, timeToLicensed, now }: StatusFacts): readonly Cause[] {
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
  return causes;
}

function partCauses({ waiting, failures, rollouts, usersWithoutOutcome }: StatusFacts): readonly Cause[] {
  return [
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

function count(users: number): string {
  return users === 1 ? '1 user' : `${String(users)} users`;
}
