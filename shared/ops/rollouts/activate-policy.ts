import { UserError } from '../../kernel/errors';
import type { Preview } from '../../licensing/preview/preview';
import type { Services } from '../../pipeline/services';
import type { PreviewServices } from '../preview/make-preview';
import { tiedToTenant } from '../../pipeline/sources/policy-library';
import { areGroupsBound } from '../../pipeline/sources/named-groups';
import type { Problem } from '../../policy/problem';
import type { PolicyBindings } from '../../words/policy-version';
import { checkAgainstTenant } from '../../pipeline/sources/check-against-tenant';
import type { Policy } from '../../policy/policy';
import { makePreview } from '../preview/make-preview';
import type { PlanRequest } from '../preview/make-preview';
import { askedBy, recordAction } from '../audit/operator';
import { callsOf } from '../rights/try-calls';
import { refuseWithoutRights } from '../rights/refuse-without-rights';
import type { Operator } from '../audit/operator';
import { whyActivationWaits } from './approval-reasons';
import { openRollout } from './open-rollout';
import { findOtherMeanings } from './other-meanings';
import { toMember } from './plan-members';
import type { Rollout } from '../../words/rollout';

export type ActivateRequest = {
  readonly text: string;
  /** The name of the file, for messages. */
  readonly file: string;
  readonly onProgress?: PlanRequest['onProgress'];
};

export type Activated = {
  readonly rollout: Rollout;
  readonly plan: Preview;
  /** What Graph does not tell by itself of what the policy looks at. */
  readonly warnings: readonly string[];
};

/**
 * Makes a policy the candidate: checked, stored with today's plans of its SKUs, planned over the whole tenant. Its
 * rollout runs at once, or awaits approval where the guards ask for it. No user is changed before that.
 * @throws UserError `policy/invalid`, `policy/active`, `policy/bound-otherwise`, `policy/rights`, `rollout/under-way`
 */
export async function activatePolicy(
  pipeline: PreviewServices & Pick<Services, 'audit' | 'newId' | 'policies' | 'rollouts'>,
  { text, file, onProgress }: ActivateRequest,
  operator: Operator,
): Promise<Activated> {
  const { policy, warnings: doubts } = await checkOrExplain(pipeline, text, file);
  // Read first: a tenant without any policy gets its seed before it gets a candidate.
  const pointer = await pipeline.policies.pointer();
  if (pointer.active === null) throw notStarted();
  if (pointer.active === policy.hash) {
    throw new UserError('policy/active', `${file} is the active policy already`, {
      hint: 'Only what a policy says counts; comments and order do not.',
    });
  }
  await refuseWhileMoving(pipeline);
  const unable = await refuseWithoutRights(pipeline.directory, callsOf(policy), file);
  const { catalogue } = await pipeline.catalogue.read();
  const tied = await tiedToTenant(policy, catalogue, pipeline.directory);
  refuseUnboundGroups(policy, tied.bindings, file);
  await pipeline.policies.add({
    hash: policy.hash,
    text,
    storedAt: pipeline.clock.now(),
    by: operator.by,
    ...tied,
  });
  const stored = await pipeline.policy.byHash(policy.hash);
  refuseOtherMeanings(stored.policy, tied.bindings, file);
  const { policy: active } = await pipeline.policy.byHash(pointer.active);
  const moved = findOtherMeanings(active.bindings, stored.policy.bindings ?? tied.bindings);
  const { preview: plan } = await makePreview(pipeline, {
    ...stored,
    selection: { kind: 'all' },
    ...(onProgress === undefined ? {} : { onProgress }),
  });
  const opened = await openRollout(
    pipeline,
    {
      kind: 'activation',
      policyHash: policy.hash,
      planStateHash: plan.stateHash,
      approvalReasons: await whyActivationWaits(pipeline, { plan, policy, active, moved }),
      why: operator.why ?? `activate ${file}`,
      ...askedBy(operator),
    },
    plan.lines.map((line) => toMember(line.user.id, line)),
  );
  if (opened === null) throw await underWay(pipeline);
  await recordAction(pipeline, operator, 'policy/activate', policy.hash, {
    rollout: opened.id,
    file,
    users: plan.users,
    members: opened.members,
  });
  return { rollout: opened, plan, warnings: [...unable, ...doubts, ...moved.map((one) => `${one}.`)] };
}

/**
 * The check has found every group; one that is renamed or deleted before its name is bound would leave a policy in force
 * whose rule can be decided for no user.
 * @throws UserError `policy/invalid`
 */
function refuseUnboundGroups(policy: Policy, bindings: PolicyBindings, file: string): void {
  if (areGroupsBound(policy, bindings)) return;
  throw new UserError('policy/invalid', `A group that ${file} names was renamed or deleted meanwhile`, {
    hint: 'Try again: the check says now which group is not found.',
  });
}

/**
 * The same text was stored before, and its names are bound to what they stood for then. Who activates it now means what
 * they stand for today.
 * @throws UserError `policy/bound-otherwise`
 */
function refuseOtherMeanings(
  { bindings }: Pick<Policy, 'bindings'>,
  today: PolicyBindings,
  file: string,
): void {
  const names = findOtherMeanings(bindings, today);
  if (names.length === 0) return;
  throw new UserError(
    'policy/bound-otherwise',
    `${file} was stored before, and its names stood for others then: ${names.join('; ')}`,
    {
      hint: 'Name these by their ids in the file: that makes it another policy.',
    },
  );
}

/** The policy of a text as it may be used in this tenant. @throws UserError `policy/invalid` with `details.problems` */
export async function checkOrExplain(
  pipeline: Pick<Services, 'directory'>,
  text: string,
  file: string,
): Promise<{ readonly policy: Policy; readonly warnings: readonly string[] }> {
  const { policy, problems } = await checkAgainstTenant(pipeline.directory, text, file);
  if (policy !== null) return { policy, warnings: groupWarnings(problems) };
  const lines = problems
    .filter(({ severity }) => severity === 'error')
    .map(({ line, column, message, hint }) =>
      [`${line}:${column} ${message}`, ...(hint === undefined ? [] : [hint.replace(/\.$/, '')])].join('. '),
    );
  throw new UserError('policy/invalid', `${file} cannot be activated: ${lines.join('; ')}`, {
    hint: `Run \`licenser policy check ${file} --target local\` and fix it.`,
    details: { problems },
  });
}

/** What is said of groups although it stops nothing. */
function groupWarnings(problems: readonly Problem[]): readonly string[] {
  return problems.flatMap(({ code, line, column, message, hint = '' }) =>
    code === 'policy/shared-group-name' ? [`${line}:${column} ${message}. ${hint}`] : [],
  );
}

/** One policy at a time moves users. @throws UserError `rollout/under-way` */
export async function refuseWhileMoving(pipeline: Pick<Services, 'policies' | 'rollouts'>): Promise<void> {
  const { candidate } = await pipeline.policies.pointer();
  const moving = (await pipeline.rollouts.list()).some(
    ({ kind, endedAt }) => kind === 'return' && endedAt === null,
  );
  if (candidate !== null || moving) throw await underWay(pipeline);
}

/** Why no other activation may begin. */
export async function underWay({ rollouts }: Pick<Services, 'rollouts'>): Promise<UserError> {
  const open = (await rollouts.list()).find(
    ({ kind, endedAt }) => endedAt === null && (kind === 'activation' || kind === 'return'),
  );
  const name =
    open === undefined ? 'Another activation' : `Rollout ${open.id} (${open.state}, by ${open.by})`;
  return new UserError('rollout/under-way', `${name} is under way`, {
    hint: 'Wait until it is done, or cancel it: `licenser rollout list`.',
  });
}

function notStarted(): UserError {
  return new UserError('policy/none-active', 'No policy is in force yet', {
    hint: 'The app makes LICENSER_POLICY_PATH its first policy at its first start; then activate another.',
  });
}
