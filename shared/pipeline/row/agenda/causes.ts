import type { requeueTiming } from '../../../kernel/timing/pipeline/requeue';

/** Why a user is looked at again; each cause has a pace of its own. */
export type Cause = keyof typeof requeueTiming;

/** Causes that end in a failure after so many attempts in a row; the others are tried for as long as it takes. */
export const attemptLimits: Readonly<Partial<Record<Cause, number>>> = {
  lag: 2,
  unknown: 4,
  usageLocation: 15,
};

/** Reconciles that are scheduled with a write still open: they take it over from its writer, who is done with it. */
export const takesOver: readonly Cause[] = ['unavailable', 'usageLocation'];
