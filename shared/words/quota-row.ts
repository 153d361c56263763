import { z } from 'zod';
import { timeField } from './fields';
import type { Shape } from './fields';

/** The tenant's write budget, one row for all instances: a token bucket of `ratePerSecond` with a burst of 2 s. */
export const QuotaRow = z.object({
  ratePerSecond: z.number(),
  tokens: z.number(),
  /** What a full bucket spilled, at most one slice: all that bulk may take, so that 2 s always stay for express. */
  spare: z.number().default(0),
  updatedAt: timeField,
  /** No process writes before this time (Retry-After). */
  notBefore: timeField,
});
export type QuotaRow = Shape<typeof QuotaRow>;
