import { z } from 'zod';

/** What the app looked like at one time; kept by the minute for two days and by the hour for 400 days. */
export const Sample = z.object({
  /** Milliseconds. */
  at: z.number(),
  queues: z.record(
    z.string(),
    z.object({
      active: z.number().nullable(),
      scheduled: z.number().nullable(),
      deadLettered: z.number().nullable(),
      oldestAgeMs: z.number().nullable(),
    }),
  ),
  waiting: z.number(),
  pauses: z.number(),
  openFailures: z.number(),
  /** 95 % of the users of the last hour had their license within this time, milliseconds; null: there was none. */
  p95Ms: z.number().nullable(),
  verdict: z.string(),
  /** Of the hour's sample only: taken and bought seats by SKU id. */
  seats: z.record(z.string(), z.object({ consumed: z.number(), enabled: z.number() })).exactOptional(),
});
export type Sample = z.infer<typeof Sample>;
