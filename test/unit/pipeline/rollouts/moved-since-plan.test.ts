import { expect, it } from '@jest/globals';
import { decide } from '../../../../shared/licensing/decide';
import { comparableChange } from '../../../../shared/licensing/preview/planned-effect';
import type { SeenUser } from '../../../../shared/pipeline/look/seen-user';
import { isMovedSincePlan } from '../../../../shared/pipeline/rollouts/record-member';
import type { Services } from '../../../../shared/pipeline/services';
import type { RolloutMember } from '../../../../shared/words/rollout';
import { userId, userState } from '../../../support/user-states';
import { aGrant, aPolicy, aRule, anInput } from '../../licensing/support/tenant';
import { newHash, oldHash, rolloutRow, start } from '../support/rollout-rows';

const input = anInput({ policy: aPolicy({ rules: [aRule('staff', { assign: [aGrant('EMS')] })] }) });
const decision = decide(input);
const planned = comparableChange(input.holding, decision);

/** A user of a rollout whose digest is `now`; what the plan knew, and whose write is open in the row. */
async function settle(
  plannedDigest: string | null,
  plannedChange: string,
  intentOf: typeof newHash | null = null,
) {
  const settled: RolloutMember[] = [];
  const member: RolloutMember = {
    ...{ userId: userId(1), state: 'queued', queuedAt: start, settledAt: null, outcome: null, reason: null },
    ...{ plannedDigest, plannedChange },
  };
  const services = {
    clock: { now: () => start },
    rollouts: {
      readMember: async () => member,
      setMembers: async (_id: string, members: readonly RolloutMember[]) => void settled.push(...members),
    },
  } as unknown as Services;
  const rollout = { ...rolloutRow('running'), etag: '1' };
  const state = userState({ intent: intentOf === null ? null : ({ policyHash: intentOf } as never) });
  const record = { userId: userId(1), etag: '1', state, ledger: [], exception: null };
  const look = { rollout, decision, digest: 'now', input } as unknown as SeenUser;
  return { isMoved: await isMovedSincePlan(services, record, look), settled };
}

it.each<[string, Parameters<typeof settle>]>([
  ['is as the plan saw them', ['now', 'another']],
  ['was planned without a digest, by an earlier version', [null, 'another']],
  ['has changed, and gets just what was planned', ['before', planned]],
  ['has an open write of this rollout, which a crash interrupted', ['before', 'another', newHash]],
])('a member is written who %s', async (_, given) => {
  expect(await settle(...given)).toEqual({ isMoved: false, settled: [] });
});

it.each<[string, Parameters<typeof settle>]>([
  ['would get something else than was planned', ['before', 'another']],
  ['has an open write of another policy', ['before', 'another', oldHash]],
])('a member is left alone, and said to have moved, who %s', async (_, given) => {
  const { isMoved, settled } = await settle(...given);

  expect(isMoved).toBe(true);
  expect(settled).toMatchObject([
    { userId: userId(1), state: 'unchanged', settledAt: start, reason: { code: 'rollout/moved' } },
  ]);
});
