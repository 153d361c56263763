import { z } from 'zod';
import type { PlanProgress } from '../../ops/preview/make-preview';
import { checkAndTest } from '../../ops/policies/check-and-test';
import { listPolicies, showPolicy as readPolicy } from '../../ops/policies/list-policies';
import { recordAction } from '../../ops/audit/operator';
import { findOpened } from '../../ops/rollouts/open-rollout';
import { activatePolicy, underWay } from '../../ops/rollouts/activate-policy';
import { showRollout } from '../../ops/rollouts/show-rollout';
import { defineRoute } from '../route';
import { OptionalWhy, PolicyText } from '../schemas';

const Text = z.object({ text: PolicyText, file: z.string().max(400).exactOptional() });
const Policy = z.looseObject({
  hash: z.string(),
  standing: z.string(),
  storedAt: z.string(),
  by: z.string(),
});
const Problem = z.looseObject({
  severity: z.string(),
  line: z.number(),
  column: z.number(),
  message: z.string(),
});

const Test = z.object({
  number: z.number(),
  name: z.string(),
  passed: z.boolean(),
  differences: z.array(z.string()),
});

/** What the names of a policy stand for since it was stored. */
const Bindings = z.object({
  skus: z.array(z.object({ name: z.string(), skuId: z.string() })),
  plans: z.array(z.object({ skuId: z.string(), name: z.string(), servicePlanId: z.string() })),
  /** Absent: not bound yet. */
  groups: z.array(z.object({ name: z.string(), groupId: z.string() })).exactOptional(),
});

export const showPolicies = defineRoute({
  id: 'showPolicies',
  method: 'get',
  path: '/policies',
  summary: 'The stored policies, and which one is in force',
  role: 'Viewer',
  input: z.object({}),
  answer: z.array(Policy),
  handle: ({ services }) => listPolicies(services),
});

export const showPolicy = defineRoute({
  id: 'showPolicy',
  method: 'get',
  path: '/policies/{hash}',
  summary: 'A stored policy with its text; `active` and `candidate` name those',
  role: 'Viewer',
  input: z.object({ hash: z.string().min(1).max(64) }),
  answer: Policy.extend({ text: z.string(), bindings: Bindings.nullable() }),
  handle: ({ services }, { hash }) => readPolicy(services, hash),
});

export const checkText = defineRoute({
  id: 'checkPolicy',
  method: 'post',
  path: '/policies/check',
  summary: 'Check a policy against the tenant’s SKUs and groups, and run its tests; nothing is stored',
  role: 'Viewer',
  isHeavy: true,
  input: Text,
  answer: z.object({ valid: z.boolean(), problems: z.array(Problem), tests: z.array(Test) }),
  handle: ({ services }, { text, file = 'policy' }) => checkAndTest(services, text, file),
});

export const activate = defineRoute({
  id: 'activatePolicy',
  method: 'post',
  path: '/policies/activate',
  summary:
    'Make a policy the candidate: checked, planned over the tenant; its rollout runs or awaits approval',
  role: 'Operator',
  action: 'policy/activate',
  subject: ({ file = 'policy' }) => file,
  isLong: () => true,
  input: z.object({ ...Text.shape, why: OptionalWhy }),
  answer: z.object({
    rollout: z.looseObject({ id: z.string(), state: z.string() }),
    users: z.number(),
    outcomes: z.record(z.string(), z.number()),
    warnings: z.array(z.string()),
  }),
  async handle({ services, operator, report }, { text, file = 'policy' }) {
    const opened = await findOpened(services, 'activation', operator);
    if (opened === null) throw await underWay(services);
    // Opened before by a process that ended: its plan is no longer at hand.
    if (opened !== undefined) {
      await recordAction(services, operator, 'policy/activate', opened.policyHash, {
        rollout: opened.id,
        file,
      });
      return {
        rollout: await showRollout(services, opened.id),
        users: opened.members,
        outcomes: {},
        warnings: [],
      };
    }
    const onProgress = ({ done, total }: PlanProgress) => report(done, total ?? 0);
    const { rollout, plan, warnings } = await activatePolicy(services, { text, file, onProgress }, operator);
    return {
      rollout: await showRollout(services, rollout.id),
      users: plan.users,
      outcomes: plan.outcomes,
      warnings,
    };
  },
});
