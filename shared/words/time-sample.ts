import { z } from 'zod';
import { timeField, userIdField } from './fields';
import type { Shape } from './fields';

/** How long it took from a user's first being seen to these stages. */
export const TimeSample = z.object({
  userId: userIdField,
  /** When the last of the stages was reached; its hour is the one the sample counts in. */
  at: timeField,
  /** Milliseconds. */
  stages: z.array(z.tuple([z.enum(['decided', 'written', 'verified']), z.number()])),
});
export type TimeSample = Shape<typeof TimeSample>;
