import { isoTime } from '../../kernel/clock';

/** `unknown`: tables or queues did not answer, so nothing can be said; never good by default. */
export const verdicts = ['licensing', 'late', 'partly', 'stopped', 'unknown'] as const;
export type VerdictName = (typeof verdicts)[number];

/** What a cause makes of the verdict; the worst cause first. */
export const weights = {
  'tables/unreachable': 'unknown',
  'policy/unusable': 'stopped',
  'graph/refuses': 'stopped',
  'paused/all': 'stopped',
  'mode/observe': 'stopped',
  'decide/stuck': 'stopped',
  'apply/stuck': 'stopped',
  'queues/unreachable': 'unknown',
  'counts/old': 'unknown',
  'delta/deaf': 'late',
  'groups/deaf': 'late',
  'subscription/ends': 'late',
  'quota/closed': 'late',
  'objective/missed': 'late',
  'users/overdue': 'late',
  'paused/part': 'partly',
  'policy/names': 'partly',
  'seats/out': 'partly',
  'failures/open': 'partly',
  'rollout/awaiting': 'partly',
  'rollout/held': 'partly',
  'users/without-outcome': 'partly',
  // To be known, and no reason against the verdict.
  'users/blocked': 'licensing',
  'paused/old': 'licensing',
  'failures/dismissed': 'licensing',
  'approval/one-person': 'licensing',
} as const satisfies Readonly<Record<string, VerdictName>>;
export type CauseCode = keyof typeof weights;

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

/** A cause of the verdict; `since` in milliseconds. */
export function cause(
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
