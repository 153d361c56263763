import { z } from 'zod';
import { isoTime } from '../../kernel/clock';
import { UserError } from '../../kernel/errors';
import type { PlanProgress, PlanSelection } from '../../ops/preview/make-preview';
import type { PlanLineView } from '../../ops/preview/preview-view';
import { showPreview } from '../../ops/preview/show-preview';
import { checkOrExplain } from '../../ops/rollouts/activate-policy';
import { placeOf, toPage } from '../requests/pages';
import { defineRoute } from '../route';
import type { OpsContext } from '../route';
import { Cursor, Limit, PolicyText, pageOf } from '../schemas';

const Counts = z.record(z.string(), z.number());
const Change = z.object({ sku: z.string(), plans: z.array(z.string()) });
const Plan = z.looseObject({
  id: z.string(),
  at: z.string(),
  policyHash: z.string(),
  stateHash: z.string(),
  users: z.number(),
  /** The number of lines: users who would be written to, and who would wait, be blocked, held or kept by an exception. */
  changed: z.number(),
  /** Users of the lines who would be written to; null: an earlier version made the plan. */
  written: z.number().nullable(),
  outcomes: Counts,
  seats: z.array(
    z.object({
      sku: z.string(),
      seats: z.number(),
      takenBefore: z.number(),
      takenAfter: z.number(),
      waiting: z.number(),
    }),
  ),
  cost: z.object({ before: z.number(), after: z.number() }).nullable(),
  guards: z.looseObject({ reductions: z.number(), changes: z.number(), exceeded: z.array(z.string()) }),
  /** Why another person would have to approve an activation of it; null: that was not looked at. */
  approval: z.array(z.object({ code: z.string(), text: z.string() })).nullable(),
  unknown: z.array(z.string()),
});
type Plan = z.infer<typeof Plan>;
const Line = z.looseObject({
  id: z.string(),
  userPrincipalName: z.string().nullable(),
  outcome: z.string(),
  gains: z.array(z.string()),
  loses: z.array(z.string()),
  plansOn: z.array(Change),
  plansOff: z.array(Change),
  usageLocation: z.string().nullable(),
  reduction: z.boolean(),
  reasons: z.array(z.object({ code: z.string(), text: z.string() })),
});
/** A user whom the plan would change, or who would not have what the policy says. */
export type PlanLine = z.infer<typeof Line>;

const isWritten = ({ gains, loses, plansOn, plansOff, usageLocation }: PlanLineView): boolean =>
  usageLocation !== null || [gains, loses, plansOn, plansOff].some((many) => many.length > 0);
const Id = z.object({ id: z.string().min(1).max(100) });

type Asked = { readonly users?: readonly string[]; readonly group?: string };
const selectionOf = ({ users, group }: Asked): PlanSelection =>
  users !== undefined
    ? { kind: 'users', users }
    : group !== undefined
      ? { kind: 'group', group }
      : { kind: 'all' };

export const makePlan = defineRoute({
  id: 'makePlan',
  method: 'post',
  path: '/plans',
  summary:
    'What a policy would change, for everybody, users or a group; nothing is written. The plan is kept for a day',
  role: 'Viewer',
  action: 'plan/make',
  subject: ({ users, group }) =>
    users !== undefined ? `${String(users.length)} users` : group !== undefined ? `group ${group}` : 'tenant',
  isLong: () => true,
  input: z
    .object({
      /** An edited policy, for everybody. Absent: each user by their own. */
      text: PolicyText.exactOptional(),
      file: z.string().max(400).exactOptional(),
      users: z.array(z.string().min(1).max(400)).min(1).max(10_000).exactOptional(),
      group: z.string().min(1).max(400).exactOptional(),
    })
    .refine(({ users, group }) => users === undefined || group === undefined, {
      message: 'give users or group, one of the two at most',
    }),
  answer: Plan,
  async handle({ services, plans, report }, { text, file = 'policy', ...asked }) {
    const checked = text === undefined ? undefined : await checkOrExplain(services, text, file);
    const onProgress = ({ done, total }: PlanProgress) => report(done, total ?? 0);
    const { lines, ...view } = await showPreview(services, {
      selection: selectionOf(asked),
      onProgress,
      ...(checked === undefined ? {} : { policy: checked.policy }),
    });
    // The same at every attempt, so that a plan that is made again takes the place of the one before.
    const plan = { id: `plan-${services.newId()}`, at: services.clock.now() };
    const head = { ...view, changed: lines.length, written: lines.filter(isWritten).length };
    await plans.save({ ...plan, head }, lines);
    return { ...plan, at: isoTime(plan.at), ...head };
  },
});

async function findPlan({ plans }: OpsContext, id: string) {
  const found = await plans.read(id);
  if (found !== undefined) return found;
  throw new UserError('plan/unknown', `There is no plan ${id}`, {
    hint: 'Plans are kept for a day: make it again.',
  });
}

export const showPlan = defineRoute({
  id: 'showPlan',
  method: 'get',
  path: '/plans/{id}',
  summary: 'A plan without its lines',
  role: 'Viewer',
  input: Id,
  answer: Plan,
  async handle(context, { id }) {
    const { at, head } = await findPlan(context, id);
    const kept = head as Plan;
    // A plan that an earlier version kept does not have it.
    return {
      ...kept,
      approval: kept.approval ?? null,
      written: (kept as Partial<Plan>).written ?? null,
      id,
      at: isoTime(at),
    };
  },
});

export const showPlanLines = defineRoute({
  id: 'showPlanLines',
  method: 'get',
  path: '/plans/{id}/lines',
  summary: 'Who would be changed, and how',
  role: 'Viewer',
  input: z.object({ ...Id.shape, limit: Limit, cursor: Cursor }),
  answer: pageOf(Line),
  async handle(context, { id, limit = 50, cursor }) {
    const { head } = await findPlan(context, id);
    const list = `plan ${id}`;
    const from = Number((await placeOf(context, list, cursor)) ?? 0);
    const found = await context.plans.lines(id, from, limit + 1);
    const numbered = found.map((line, index) => ({ line, place: String(from + index + 1) }));
    const page = await toPage(context, list, numbered, limit, ({ place }) => place);
    return {
      items: page.items.map(({ line }) => line),
      next: page.next,
      total: { value: (head as Plan).changed, exact: true },
    };
  },
});
