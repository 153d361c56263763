import { z } from 'zod';

/** Users of a stage within a time, and the times within which a part of them had it; milliseconds. */
export const StageLevels = z.object({
  users: z.number(),
  p50: z.number().nullable(),
  p95: z.number().nullable(),
  p99: z.number().nullable(),
});
export type StageLevels = z.infer<typeof StageLevels>;

/** Blocked users of one reason: its code, a text of it, how many, and since when the first of them. */
export const Blocked = z.object({ code: z.string(), text: z.string(), users: z.number(), since: z.number() });
export type Blocked = z.infer<typeof Blocked>;

/** What Graph said when `observe` last asked. `names`: in a policy, that stand for nothing sure; absent: not known. */
const SeenTenant = z.object({
  at: z.number(),
  skus: z.array(
    z.object({
      skuId: z.string(),
      skuPartNumber: z.string(),
      enabled: z.number(),
      consumed: z.number(),
      free: z.number(),
    }),
  ),
  names: z.array(z.object({ code: z.string(), text: z.string() })).exactOptional(),
});
export type SeenTenant = z.infer<typeof SeenTenant>;

/**
 * What takes reading many rows to know, as the timer `observe` last counted it. Times are milliseconds. Counters of
 * processes that were written since then are to be added to `users` and `waiting`.
 */
export const Levels = z.object({
  at: z.number(),
  /** By outcome; `underWay`: decided, and the operation is on its way. Counters until `usersUntil` are in it. */
  users: z.record(z.string(), z.number()),
  usersUntil: z.number(),
  /** When the users' rows were last counted one by one. */
  correctedAt: z.number(),
  /**
   * Users' rows were read from `from` until `until`: what processes counted of users in between may have been seen in the rows
   * or not, so they are to be counted again. Absent: it was found that none changed.
   */
  unsure: z.object({ from: z.number(), until: z.number() }).exactOptional(),
  /** The census after which they were counted; null: none yet. */
  correctedBy: z.string().nullable(),
  /** Users without a seat, by SKU id. */
  waiting: z.record(z.string(), z.number()),
  failures: z.array(z.object({ class: z.string(), count: z.number(), oldestAt: z.number() })),
  dismissed: z.object({ count: z.number(), oldestAt: z.number().nullable() }),
  /** Of the last 15 minutes. */
  times: z.object({ decided: StageLevels, written: StageLevels, verified: StageLevels }),
  /** What happened between `from` and `until`, by the names of counters. */
  rates: z.object({ from: z.number(), until: z.number(), counts: z.record(z.string(), z.number()) }),
  /** Who waits longest for an outcome that is final. */
  longest: z.array(
    z.object({
      userId: z.string(),
      userPrincipalName: z.string().nullable(),
      kind: z.string(),
      since: z.number(),
      reason: z.string().nullable(),
    }),
  ),
  /** Users who should have an outcome by now, and since when; absent: none. */
  overdue: z.object({ users: z.number(), since: z.number() }).exactOptional(),
  /** Of the last hour, in pieces of five minutes: the counters `found.…` and `gaps.…` since `from`. Absent: as below. */
  gaps: z.array(z.object({ from: z.number(), counts: z.record(z.string(), z.number()) })).exactOptional(),
  /** Absent: an earlier version counted. */
  blocked: z.array(Blocked).exactOptional(),
  /** When the oldest active message of each queue came; null: none was active. Absent: not known. */
  oldest: z.record(z.string(), z.number().nullable()).exactOptional(),
  /** What the shared write quota allows, and until when Graph has closed it; null: there is no such row yet. */
  quota: z.object({ perSecond: z.number(), closedUntil: z.number() }).nullable().exactOptional(),
  /** Absent: Graph has not answered yet. */
  tenant: SeenTenant.exactOptional(),
  /** Until when the seats of each SKU last; counted once an hour. */
  forecastAt: z.number(),
  forecast: z.array(
    z.object({
      skuId: z.string(),
      consumed: z.number(),
      enabled: z.number(),
      perDay: z.number().nullable(),
      error: z.number().nullable(),
      runsOutAt: z.string().nullable(),
      note: z.string().nullable(),
    }),
  ),
  census: z.object({
    id: z.string().nullable(),
    state: z.string(),
    startedAt: z.number().nullable(),
    endedAt: z.number().nullable(),
    unsettled: z.number(),
  }),
});
export type Levels = z.infer<typeof Levels>;
