import { z } from 'zod';
import { countField, timeField } from '../../../words/fields';

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
  /** How often things happened a minute, by the names of counters; of an hour's sample: on average over the hour before. */
  rates: z.record(z.string(), z.number()).exactOptional(),
  /** Buckets of times to a license since the sample before, by the names of counters. */
  times: z.record(z.string(), z.number()).exactOptional(),
  /** Users by outcome. */
  users: z.record(z.string(), z.number()).exactOptional(),
  quota: z.object({ perSecond: z.number(), closedUntil: z.number().nullable() }).exactOptional(),
  /** Of the hour's sample only: taken and bought seats by SKU id. */
  seats: z.record(z.string(), z.object({ consumed: z.number(), enabled: z.number() })).exactOptional(),
});
export type Sample = z.infer<typeof Sample>;
