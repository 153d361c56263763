import { z } from 'zod';
import { isoTime } from '../../kernel/clock';
import { timing } from '../../kernel/timing';
import { censusStatus, startCensus } from '../../ops/census/census';
import { countByLevels } from '../../ops/doctor/check-users';
import { readLatest } from '../../ops/levels/read-levels';
import { lastFindings, lookAndKeep } from '../../ops/doctor/tenant/look-at-tenant';
import { runDoctor } from '../../ops/doctor/run-doctor';
import { readGaps } from '../../ops/sources/read-gaps';
import { countedFacts } from '../../ops/status/read-counted';
import { listWaiting } from '../../ops/waiting/list-waiting';
import { forgetLearntConflict, listLearntConflicts } from '../../ops/skus/learnt-conflicts';
import { listSkus } from '../../ops/skus/list-skus';
import { showSkuPlans } from '../../ops/skus/show-sku-plans';
import { licensingTimes } from '../../ops/users/licensing-times';
import { cursorOf, placeOf } from '../requests/pages';
import { defineRoute } from '../route';
import type { OpsContext } from '../route';
import { Cursor, Limit, OptionalWhy, pageOf } from '../schemas';

const Sku = z.looseObject({ skuId: z.string(), skuPartNumber: z.string(), assignable: z.boolean() });
const Conflict = z.looseObject({
  kind: z.string(),
  skus: z.array(z.string()),
  learntAt: z.string(),
  text: z.string(),
});

export const showSkus = defineRoute({
  id: 'showSkus',
  method: 'get',
  path: '/skus',
  summary: 'The SKUs of the tenant with their seats',
  role: 'Viewer',
  input: z.object({}),
  answer: z.array(Sku),
  handle: ({ services }) => listSkus(services),
});

export const showSku = defineRoute({
  id: 'showSku',
  method: 'get',
  path: '/skus/{sku}',
  summary: 'The service plans of a SKU with their status',
  role: 'Viewer',
  input: z.object({ sku: z.string().min(1).max(200) }),
  answer: Sku,
  handle: ({ services }, { sku }) => showSkuPlans(services, sku),
});

export const showWaiting = defineRoute({
  id: 'showWaiting',
  method: 'get',
  path: '/waiting',
  summary:
    'Who waits for which seat, since when, and until when; 200 users a SKU unless `limit` says otherwise',
  role: 'Viewer',
  isHeavy: true,
  sharedMs: timing.ops.overview.ms,
  input: z.object({
    sku: z.string().exactOptional(),
    skip: z.coerce.number().int().min(0).exactOptional(),
    limit: z.coerce.number().int().min(1).max(1_000).exactOptional(),
  }),
  answer: z.array(
    z.looseObject({ skuId: z.string(), waiting: z.number(), users: z.array(z.looseObject({})) }),
  ),
  handle: ({ services, isCommand }, input) =>
    listWaiting(services, isCommand === true ? input : { limit: 200, ...input }),
});

export const showWaitingList = defineRoute({
  id: 'showWaitingList',
  method: 'get',
  path: '/waiting/{sku}',
  summary: 'Who waits for a seat of one SKU, in the order in which they get one, page by page',
  role: 'Viewer',
  isHeavy: true,
  sharedMs: timing.ops.overview.ms,
  input: z.object({ sku: z.string().min(1).max(200), limit: Limit, cursor: Cursor }),
  answer: pageOf(z.looseObject({ position: z.number(), userId: z.string(), since: z.string() })).extend({
    skuId: z.string(),
    skuPartNumber: z.string(),
    seats: z.object({ enabled: z.number(), consumed: z.number(), free: z.number() }),
  }),
  async handle(context, { sku, limit = 50, cursor }) {
    const list = `waiting ${sku}`;
    const skip = Number((await placeOf(context, list, cursor)) ?? 0);
    const [found] = await listWaiting(context.services, { sku, skip, limit });
    if (found === undefined) throw new Error('A SKU that is known has a list, if an empty one');
    const { users, waiting, ...ofSku } = found;
    const end = skip + users.length;
    const next = await cursorOf(context, list, end < waiting ? String(end) : null);
    return { ...ofSku, items: users, next, total: { value: waiting, exact: true } };
  },
});

export const showConflicts = defineRoute({
  id: 'showConflicts',
  method: 'get',
  path: '/conflicts',
  summary: 'Service plans that Graph refused together',
  role: 'Viewer',
  input: z.object({}),
  answer: z.array(Conflict),
  handle: ({ services }) => listLearntConflicts(services),
});

export const forgetConflict = defineRoute({
  id: 'forgetConflict',
  method: 'post',
  path: '/conflicts/forget',
  summary: 'Forget a learnt conflict, and decide its users anew',
  role: 'Operator',
  action: 'knowledge/forget',
  subject: ({ plan, other }) => (other === undefined ? plan : `${plan} ${other}`),
  /** `plan` without `other`: a SKU. */
  input: z.object({ plan: z.string().min(1), other: z.string().min(1).exactOptional(), why: OptionalWhy }),
  answer: z.object({ forgotten: z.array(Conflict), users: z.number() }),
  handle: ({ services, operator }, { plan, other }) =>
    forgetLearntConflict(services, { plan, ...(other === undefined ? {} : { other }) }, operator),
});

export const showCensus = defineRoute({
  id: 'showCensus',
  method: 'get',
  path: '/census',
  summary: 'The last census, or the one that runs',
  role: 'Viewer',
  input: z.object({}),
  answer: z.looseObject({ state: z.enum(['never', 'due', 'running', 'done']) }),
  handle: ({ services }) => censusStatus(services),
});

export const askForCensus = defineRoute({
  id: 'startCensus',
  method: 'post',
  path: '/census',
  summary: 'Compare all users with what is known of them, now or after the census that runs',
  role: 'Operator',
  action: 'census/start',
  input: z.object({ why: OptionalWhy }),
  answer: z.object({ asked: z.literal(true), afterRunning: z.boolean() }),
  handle: ({ services, operator }) => startCensus(services, operator),
});

export const showTimes = defineRoute({
  id: 'showTimes',
  method: 'get',
  path: '/times',
  summary: 'How long users waited for their license, by hour',
  role: 'Viewer',
  isHeavy: true,
  input: z.object({
    hours: z.coerce
      .number()
      .int()
      .min(1)
      .max(24 * 31)
      .exactOptional(),
  }),
  answer: z.looseObject({ hours: z.array(z.looseObject({ hour: z.string() })) }),
  handle: ({ services }, { hours = 24 }) => licensingTimes(services, hours),
});

const Diagnosis = z.object({
  ok: z.boolean(),
  /** When Graph, the policy's names, seats, queues' settings and the subscription were looked at; the rest is of now. */
  tenantCheckedAt: z.string(),
  checks: z.array(
    z.object({
      name: z.string(),
      state: z.enum(['ok', 'warn', 'fail']),
      text: z.string(),
      todo: z.string().nullable(),
    }),
  ),
});

export const doctor = defineRoute({
  id: 'doctor',
  method: 'get',
  path: '/doctor',
  summary:
    'Whether everything is in place, and what to do; what asks Graph and the queues’ settings is at most 15 min old',
  role: 'Viewer',
  isHeavy: true,
  input: z.object({}),
  answer: Diagnosis,
  handle: (context) => diagnose(context, lastFindings),
});

export const lookAgain = defineRoute({
  id: 'lookAgain',
  method: 'post',
  path: '/doctor',
  summary: 'The same, all of it looked at now; nothing is changed',
  role: 'Viewer',
  isHeavy: true,
  input: z.object({}),
  answer: Diagnosis,
  handle: (context) => diagnose(context, lookAndKeep),
});

async function diagnose(
  { services, inspector, doctor: { checked, ...looking }, status, levels }: OpsContext,
  look: typeof lastFindings,
): Promise<z.input<typeof Diagnosis>> {
  const tenant = look({ ...looking, pipeline: services, inspector }, checked);
  const counted = readLatest(levels, services.clock).then((latest) => latest.levels);
  // The checks that need it await it.
  counted.catch(() => undefined);
  const diagnosis = await runDoctor({
    ...looking,
    by: 'app',
    pipeline: services,
    inspector,
    tenant: async () => (await tenant).checks,
    status: { ...status, counted: async () => countedFacts(services, await counted) },
    gaps: async () => readGaps(await counted, services.clock.now()),
    users: async () => countByLevels(services, (await counted) ?? { users: {} }),
  });
  return { ok: diagnosis.ok, tenantCheckedAt: isoTime((await tenant).at), checks: [...diagnosis.checks] };
}
