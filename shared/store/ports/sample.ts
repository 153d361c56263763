import { z } from 'zod';
import { countField, timeField } from '../../words/fields';

/** What the app looked like at one time; kept by the minute for two days and by the hour for 400 days. */
export const Sample = z.object({
  /** Milliseconds. */
  at: timeField,
  queues: z.record(
    z.string(),
    z.object({
      active: z.number().nullable(),
      scheduled: z.number().nullable(),
      deadLettered: z.number().nullable(),
      oldestAgeMs: z.number().nullable(),
    }),
  ),
  waiting: countField,
  pauses: countField,
  openFailures: countField,
  /** 95 % of the users of the last hour had their license within this time, milliseconds; null: there was none. */
  p95Ms: z.number().nullable(),
  verdict: z.string(),
  /** Of the hour's sample only: taken and bought seats by SKU id. */
  seats: z.record(z.string(), z.object({ consumed: z.number(), enabled: z.number() })).exactOptional(),
});
export type Sample = z.infer<typeof Sample>;
