import { isoTime } from '../../kernel/clock';
import { timing } from '../../kernel/timing';
import { cause } from './cause';
import type { Cause } from './cause';
import type { StatusFacts } from './status-facts';

/** The policy cannot be used, or only observes. */
export function policyCauses({ policy }: StatusFacts): readonly Cause[] {
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

/** Pauses of operators, and those that the product set itself. */
export function pauseCauses({ pauses }: StatusFacts): readonly Cause[] {
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

/** Queues that are missing, or on which no function works. */
export function queueCauses({ queues, pauses, quotaClosedUntil, now }: StatusFacts): readonly Cause[] {
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

/** Nothing is good by default: counts that are old say nothing about now. */
export function countCauses({ countedAt, now }: StatusFacts): readonly Cause[] {
  if (countedAt === undefined || (countedAt !== null && now - countedAt <= timing.ops.verdictOld.ms))
    return [];
  const text =
    countedAt === null
      ? 'Nothing has been counted yet: the first count comes within a minute of the first start'
      : `The timer \`observe\` has not counted since ${isoTime(countedAt)}`;
  return [
    cause(
      'counts/old',
      countedAt,
      null,
      text,
      'If it stays so, see that the function observe runs and does not fail.',
    ),
  ];
}
