import { z } from 'zod';
import { timing } from '../../kernel/timing';
import { startCensusRollout } from '../../ops/rollouts/census-rollout';
import {
  approveRollout,
  cancelRollout,
  checkApproval,
  findRollout,
  pauseRollout,
  resumeRollout,
} from '../../ops/rollouts/change-rollout';
import { findOpened } from '../../ops/rollouts/open-rollout';
import { recordAction } from '../../ops/audit/operator';
import { startHeldRollout } from '../../ops/rollouts/held-rollout';
import { startReturn } from '../../ops/rollouts/return-rollout';
import { listMembers, listRollouts, showRollout as readRollout } from '../../ops/rollouts/show-rollout';
import { memberStates, rolloutStates } from '../../words/rollout';
import { defineRoute } from '../route';
import type { OpsContext } from '../route';
import { Limit, OptionalWhy, Why } from '../schemas';

const Id = z.object({ rollout: z.string().min(1).max(100) });
const Rollout = z.looseObject({
  id: z.string(),
  kind: z.string(),
  state: z.string(),
  by: z.string(),
  members: z.number(),
});
const subject = ({ rollout }: { rollout: string }) => rollout;

export const showRollouts = defineRoute({
  id: 'showRollouts',
  method: 'get',
  path: '/rollouts',
  summary:
    'Rollouts with their progress, newest first; 50 unless `limit` says otherwise; the next page is `after` the last id of this one',
  role: 'Viewer',
  isHeavy: true,
  sharedMs: timing.ops.overview.ms,
  input: z.object({
    state: z.enum(rolloutStates).exactOptional(),
    after: z.string().min(1).max(100).exactOptional(),
    skip: z.coerce.number().int().min(0).exactOptional(),
    limit: Limit,
  }),
  answer: z.array(Rollout),
  handle: ({ services, isCommand }, input) =>
    listRollouts(services, isCommand === true ? input : { limit: 50, ...input }),
});

export const showRollout = defineRoute({
  id: 'showRollout',
  method: 'get',
  path: '/rollouts/{rollout}',
  summary: 'One rollout with its progress',
  role: 'Viewer',
  input: Id,
  answer: Rollout,
  handle: ({ services }, { rollout }) => readRollout(services, rollout),
});

export const showMembers = defineRoute({
  id: 'showMembers',
  method: 'get',
  path: '/rollouts/{rollout}/members',
  summary: 'Who changed, who did not, and why, by id; the next page is `after` the last id of this one',
  role: 'Viewer',
  isHeavy: true,
  sharedMs: timing.ops.overview.ms,
  input: z.object({
    ...Id.shape,
    state: z.enum(memberStates).exactOptional(),
    after: z.guid().toLowerCase().exactOptional(),
    skip: z.coerce.number().int().min(0).exactOptional(),
    limit: z.coerce.number().int().min(1).max(1_000).exactOptional(),
  }),
  answer: z.array(z.looseObject({ id: z.string(), state: z.enum(memberStates) })),
  handle: ({ services }, { rollout, ...options }) =>
    listMembers(services, rollout, { limit: 50, ...options }),
});

export const startRollout = defineRoute({
  id: 'startRollout',
  method: 'post',
  path: '/rollouts',
  summary: 'Start a rollout: of what a census finds, of held changes, or back from a cancelled activation',
  role: 'Operator',
  action: 'rollout/start',
  subject: ({ kind }) => kind,
  // To start what guards hold is to approve it.
  roleFor: ({ kind }) => (kind === 'held' ? 'Approver' : 'Operator'),
  isLong: () => true,
  input: z
    .object({
      kind: z.enum(['census', 'held', 'return']),
      rollout: z.string().exactOptional(),
      why: OptionalWhy,
    })
    .refine(({ kind, rollout }) => (kind === 'return') === (rollout !== undefined), {
      message: 'rollout names the cancelled activation of a return',
    })
    .refine(({ kind, why }) => kind !== 'held' || why !== undefined, { message: 'held takes why' }),
  answer: Rollout,
  async handle({ services, operator }, { kind, rollout = '', why = '' }) {
    const opened = await findOpened(services, kind, operator);
    if (opened !== undefined && opened !== null) {
      // By an attempt whose process ended.
      await recordAction(services, operator, 'rollout/start', opened.id, { members: opened.members });
      return readRollout(services, opened.id);
    }
    const { id } =
      kind === 'census'
        ? await startCensusRollout(services, operator)
        : kind === 'return'
          ? await startReturn(services, rollout, operator)
          : await startHeldRollout(services, { ...operator, why });
    return readRollout(services, id);
  },
});

function changing(word: 'pause' | 'resume' | 'cancel', summary: string, change: typeof cancelRollout) {
  return defineRoute({
    id: `${word}Rollout`,
    method: 'post',
    path: `/rollouts/{rollout}/${word}`,
    summary,
    role: 'Operator',
    action: `rollout/${word}`,
    subject,
    input: z.object({ ...Id.shape, why: OptionalWhy }),
    answer: Rollout,
    async handle({ services, operator }: OpsContext, { rollout }: { rollout: string; why?: string }) {
      await change(services, rollout, operator);
      return readRollout(services, rollout);
    },
  });
}

export const pauseOne = changing('pause', 'Write nothing more of a rollout for now', pauseRollout);
export const resumeOne = changing('resume', 'Go on with a paused rollout', resumeRollout);
export const cancelOne = changing('cancel', 'Write nothing more of a rollout', cancelRollout);

export const approve = defineRoute({
  id: 'approveRollout',
  method: 'post',
  path: '/rollouts/{rollout}/approve',
  summary: 'Let a rollout run that awaits approval; not by the person who asked for it',
  role: 'Approver',
  action: 'rollout/approve',
  subject,
  isLong: () => true,
  input: z.object({ ...Id.shape, why: Why }),
  answer: Rollout,
  check: ({ services, operator }, { rollout }) => checkApproval(services, rollout, operator),
  async handle({ services, operator }, { rollout, why }) {
    const before = await findRollout(services, rollout);
    // Begun before by a process that ended.
    const isDone = before.state === 'running' && before.approvedById === operator.byId;
    if (!isDone) await approveRollout(services, rollout, { ...operator, why });
    return readRollout(services, rollout);
  },
});
