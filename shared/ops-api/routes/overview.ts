import { z } from 'zod';
import { isoTime } from '../../kernel/clock';
import { listLanes } from '../../ops/lanes/list-lanes';
import { levelsId } from '../../ops/levels/read-levels';
import { readGaps } from '../../ops/sources/read-gaps';
import { orMissing, readSources } from '../../ops/sources/read-sources';
import { nameOfUser } from '../../ops/users/user-names';
import { attentionKinds } from '../../store/ports/ops/attention';
import { toPage, placeOf } from '../requests/pages';
import { defineRoute } from '../route';
import { Cursor, Limit, Pause, Queue, Verdict, pageOf } from '../schemas';

const Missing = z.array(z.object({ part: z.string(), why: z.string() }));
const Stage = z.object({
  users: z.number(),
  p50: z.number().nullable(),
  p95: z.number().nullable(),
  p99: z.number().nullable(),
});
const Counts = z.record(z.string(), z.number());
const Series = z.object({
  at: z.array(z.string()),
  series: z.record(z.string(), z.array(z.number().nullable())),
});
const Sources = z.object({
  notifications: z
    .object({
      isUsed: z.boolean(),
      by: z.enum(['graph', 'eventGrid']),
      lastAt: z.string().nullable(),
    })
    .nullable(),
  delta: z
    .object({
      workedAt: z.string().nullable(),
      failingSince: z.string().nullable(),
      error: z.string().nullable(),
    })
    .nullable(),
  groups: z
    .object({
      isUsed: z.boolean(),
      workedAt: z.string().nullable(),
      failingSince: z.string().nullable(),
      error: z.string().nullable(),
    })
    .nullable(),
  subscription: z.object({ renewedAt: z.string().nullable(), expiresAt: z.string().nullable() }).nullable(),
  groupSubscription: z
    .object({
      renewedAt: z.string().nullable(),
      expiresAt: z.string().nullable(),
      isRefused: z.boolean(),
    })
    .nullable(),
  auditLog: z
    .object({ isUsed: z.boolean(), lastAt: z.string().nullable(), lagSeconds: z.number().nullable() })
    .nullable(),
});
const Gaps = z.object({ found: Counts, missedBy: Counts });

/** Hours of the charts by the hour. */
const mostHours = 24 * 31;

export const overview = defineRoute({
  id: 'showOverview',
  method: 'get',
  path: '/overview',
  summary:
    'Everything that is seen at one look: verdict, queues, levels, times, rates, seats, sources, charts; at most 5 s old',
  role: 'Viewer',
  input: z.object({ hours: z.coerce.number().int().min(1).max(mostHours).exactOptional() }),
  answer: z.object({
    at: z.string(),
    countedAt: z.string().nullable(),
    status: Verdict,
    queues: z.array(Queue).nullable(),
    pauses: z.array(Pause).nullable(),
    users: z.object({ outcomes: Counts, total: z.number(), correctedAt: z.string() }).nullable(),
    times: z
      .object({
        minutes: z.number(),
        objectiveMs: z.number(),
        decided: Stage,
        written: Stage,
        verified: Stage,
      })
      .nullable(),
    rates: z
      .object({
        seconds: z.number(),
        hints: Counts,
        decided: z.number(),
        written: z.number(),
        throttled: z.number(),
        refused: Counts,
      })
      .nullable(),
    quota: z.object({ perSecond: z.number(), closedUntil: z.string().nullable() }).nullable(),
    failures: z
      .object({
        classes: z.array(z.object({ class: z.string(), count: z.number(), oldestAt: z.string() })),
        dismissed: z.object({ count: z.number(), oldestAt: z.string().nullable() }),
      })
      .nullable(),
    longest: z
      .array(
        z.object({
          id: z.string(),
          userPrincipalName: z.string().nullable(),
          kind: z.string(),
          since: z.string(),
          reason: z.string().nullable(),
        }),
      )
      .nullable(),
    seats: z
      .array(
        z.object({
          skuId: z.string(),
          skuPartNumber: z.string(),
          enabled: z.number(),
          consumed: z.number(),
          free: z.number(),
          waiting: z.number(),
          runsOutAt: z.string().nullable(),
          note: z.string().nullable(),
        }),
      )
      .nullable(),
    seatsAt: z.string().nullable(),
    rollouts: z.array(z.object({ id: z.string(), state: z.string(), at: z.string(), members: z.number() })),
    sources: Sources,
    census: z
      .object({
        state: z.string(),
        startedAt: z.string().nullable(),
        endedAt: z.string().nullable(),
        withoutOutcome: z.number(),
      })
      .nullable(),
    charts: z.object({ lastHour: Series, hours: Series }).nullable(),
    missing: Missing,
  }),
  handle: ({ overview: seen }, { hours = 24 }) => seen.read(hours),
});

export const showSources = defineRoute({
  id: 'showSources',
  method: 'get',
  path: '/sources',
  summary:
    'Where the app learns of users from, when it last did, and what a faster source should have told in the last hour',
  role: 'Viewer',
  input: z.object({}),
  answer: Sources.extend({ gaps: Gaps.nullable(), missing: Missing }),
  async handle({ services, levels }) {
    const { missing, ...sources } = await readSources(services);
    const unread = [...missing];
    const read = async () => readGaps((await levels.levels.read(levelsId))?.value, services.clock.now());
    return { ...sources, gaps: await orMissing(unread, 'gaps', read), missing: unread };
  },
});

export const showLanes = defineRoute({
  id: 'showLanes',
  method: 'get',
  path: '/lanes',
  summary: 'The lanes: which of the oldest 200 messages of each queue wait in them, and what pauses them',
  role: 'Viewer',
  isHeavy: true,
  input: z.object({}),
  answer: z.object({
    lanes: z.array(
      z.object({
        scope: z.string(),
        session: z.string(),
        queues: z.array(
          z.object({ queue: z.string(), messages: z.number(), oldestAt: z.string().nullable() }),
        ),
        pause: Pause.nullable(),
      }),
    ),
    looked: z.array(z.object({ queue: z.string(), messages: z.number().nullable() })),
    missing: Missing,
  }),
  handle: ({ services, inspector }) => listLanes(services, inspector),
});

export const showAttention = defineRoute({
  id: 'showAttention',
  method: 'get',
  path: '/attention',
  summary:
    'Users who are not done, by what they are, page by page; may lag behind their rows by some seconds',
  role: 'Viewer',
  input: z.object({ kind: z.enum(attentionKinds), limit: Limit, cursor: Cursor }),
  answer: pageOf(
    z.object({
      id: z.string(),
      userPrincipalName: z.string().nullable(),
      since: z.string(),
      skus: z.array(z.string()),
      reason: z.string().nullable(),
    }),
  ),
  async handle(context, { kind, limit = 50, cursor }) {
    const list = `attention ${kind}`;
    const after = await placeOf(context, list, cursor);
    const found = [];
    const options = { limit: limit + 1, ...(after === undefined ? {} : { after }) };
    for await (const { userId, userPrincipalName, since, skus, reason } of context.services.attention.list(
      kind,
      options,
    )) {
      found.push({
        id: userId,
        userPrincipalName: userPrincipalName ?? (await nameOfUser(context.services, userId)),
        since: isoTime(since),
        skus,
        reason: reason?.text ?? null,
      });
    }
    return toPage(context, list, found, limit, ({ id }) => id);
  },
});
