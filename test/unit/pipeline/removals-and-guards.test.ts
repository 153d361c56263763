import { describe, expect, it } from '@jest/globals';
import { approveRollout, cancelRollout } from '../../../shared/ops/rollouts/change-rollout';
import { feedRollouts } from '../../../shared/pipeline/rollouts/feed-rollouts';
import type { UserId } from '../../../shared/kernel/ids';
import { ems, intune, makePipelineWorld, premium } from '../../support/pipeline-world';

const minute = 60_000;
const hour = 60 * minute;
const day = 24 * hour;
/** By then two looks have agreed on a loss. */
const agreed = 11 * minute;
const operator = { by: 'ann', why: 'looked at it' };

const policy = (keys: string) => `version: 1
${keys}
rules:
  - name: sales
    when: 'user.department -eq "Sales"'
    assign:
      - { sku: EMS }
  - name: service
    when: 'user.department -eq "Service"'
    assign:
      - { sku: EMS, disable: [INTUNE_A] }
`;

/** A user of Sales whom we have licensed, in a world with this policy. */
async function licensedWorld(keys: string) {
  const t = makePipelineWorld();
  t.world.policyText = policy(keys);
  await t.decide();
  for (let steps = 0; steps < 50 && (await t.step()); steps++);
  expect(t.state()?.outcome).toBe('licensed');
  t.writes.length = 0;
  /** The user's department changes, and the app hears of it. */
  const move = async (department: string) => {
    t.advance(hour);
    t.world.user.properties['department'] = department;
    await t.decide(t.hint({ source: 'operator' }));
  };
  /** Handles every message that is due within this time. */
  const pass = async (ms: number) => {
    const until = t.now() + ms;
    for (let handled = 0; ; handled++) {
      if (handled > 500) throw new Error(`Round and round: ${JSON.stringify(t.sent[0])}`);
      const due = t.sent.findIndex((one) => one.kind === 'operation' || one.at <= until);
      if (due < 0) break;
      t.sent.unshift(...t.sent.splice(due, 1));
      await t.step();
    }
    t.advance(Math.max(0, until - t.now()));
  };
  const members = async (id: string) => {
    const found = [];
    for await (const { state, reason } of t.pipeline.rollouts.members(id)) found.push([state, reason?.code]);
    return found;
  };
  return { ...t, move, pass, members };
}

describe('removal', () => {
  it('waits for its grace, says so, and is carried out by a second look', async () => {
    const t = await licensedWorld('removal: { mode: remove, grace: 2d }');

    await t.move('Legal');
    const leftAt = t.now();
    await t.pass(2 * day - minute);
    const meanwhile = { outcome: t.state()?.outcome, writes: t.writes.length };
    await t.pass(hour);

    expect(meanwhile).toEqual({ outcome: 'grace', writes: 0 });
    expect(t.writes).toEqual([{ add: [], remove: [ems] }]);
    expect(t.ledger()).toEqual([]);
    expect(t.state()?.writtenAt).toBeGreaterThanOrEqual(leftAt + 2 * day);
  });

  it('needs two looks that agree ten minutes apart, also without any grace', async () => {
    const t = await licensedWorld('removal: { mode: remove, grace: 0d }');

    await t.move('Legal');
    const leftAt = t.now();
    await t.pass(9 * minute);
    const early = t.writes.length;
    await t.pass(2 * minute);

    expect(early).toBe(0);
    expect(t.writes).toEqual([{ add: [], remove: [ems] }]);
    expect(t.state()?.writtenAt).toBeGreaterThanOrEqual(leftAt + 10 * minute);
  });

  it('forgets the first look when the second finds the user entitled again', async () => {
    const t = await licensedWorld('removal: { mode: remove, grace: 0d }');

    await t.move('Legal');
    await t.pass(9 * minute);
    await t.move('Sales');
    await t.move('Legal');
    await t.pass(9 * minute);

    expect(t.writes).toEqual([]);
    expect(t.state()?.outcome).toBe('grace');
  });

  it('takes nothing away with mode keep', async () => {
    const t = await licensedWorld('removal: { mode: keep }');

    await t.move('Legal');
    await t.pass(60 * day);

    expect(t.writes).toEqual([]);
    expect(t.ledger()).toHaveLength(1);
  });
});

describe('a plan that the policy does not leave on any more', () => {
  it('is switched off by a second look, ten minutes after the first', async () => {
    const t = await licensedWorld('');

    await t.move('Service');
    const movedAt = t.now();
    await t.pass(10 * minute - 1);
    const meanwhile = [t.state()?.outcome, t.state()?.reasons[0]?.code, t.writes.length];
    await t.pass(minute);

    expect(meanwhile).toEqual(['grace', 'plans/ending', 0]);
    expect(t.writes).toEqual([{ add: [{ skuId: ems, disabledPlans: [intune] }], remove: [] }]);
    expect(t.state()?.outcome).toBe('licensed');
    expect(t.state()?.writtenAt).toBeGreaterThanOrEqual(movedAt + 10 * minute);
    expect(t.ledger()).toMatchObject([{ rules: ['service'], disabledByUs: [intune] }]);
    expect(t.ledger()[0]).not.toHaveProperty('lapsedRules');
  });

  it('stays on when the rule matches again meanwhile, and begins anew', async () => {
    const t = await licensedWorld('');

    await t.move('Service');
    await t.pass(9 * minute);
    await t.move('Sales');
    const back = t.state()?.outcome;
    await t.move('Service');
    await t.pass(9 * minute);

    expect(back).toBe('licensed');
    expect(t.writes).toEqual([]);
    expect(t.state()?.outcome).toBe('grace');
  });
});

describe('guards', () => {
  const noReductions = 'guards: { maxReductions: { count: 0 } }';

  it('hold a reduction back, and collect it for approval', async () => {
    const t = await licensedWorld(noReductions);

    await t.move('Service');
    await t.pass(hour);

    expect(t.writes).toEqual([]);
    expect(t.state()?.outcome).toBe('held');
    expect(t.state()?.reasons[0]?.code).toBe('guard/reductions');
    expect(await t.pipeline.rollouts.read('held-1')).toMatchObject({ kind: 'held', state: 'collecting' });
    expect(await t.members('held-1')).toEqual([['pending', 'guard/reductions']]);
  });

  it('are approved by another person than the one who activated the policy', async () => {
    const t = await licensedWorld(noReductions);
    const { hash } = (await t.pipeline.policy.active()).policy;
    await t.pipeline.rollouts.create({
      id: 'activation-1',
      kind: 'activation',
      state: 'done',
      policyHash: hash,
      planStateHash: null,
      by: 'ann',
      byId: 'id-of-ann',
      why: 'a test',
      createdAt: 1,
      approvedBy: 'bob',
      startedAt: 1,
      endedAt: 1,
      approvalReasons: [],
      members: 0,
    });
    await t.move('Service');
    await t.pass(hour);

    const own = approveRollout(t.pipeline, 'held-1', { by: 'ann', byId: 'id-of-ann', why: 'mine' });
    await expect(own).rejects.toMatchObject({ code: 'rollout/own' });
    const other = await approveRollout(t.pipeline, 'held-1', { by: 'bob', byId: 'id-of-bob', why: 'seen' });
    expect(other).toMatchObject({ state: 'running', approvedById: 'id-of-bob' });
  });

  it('let it through once a person has approved it', async () => {
    const t = await licensedWorld(noReductions);
    await t.move('Service');
    await t.pass(agreed);

    await approveRollout(t.pipeline, 'held-1', operator);
    t.advance(minute);
    await feedRollouts(t.pipeline, t.task);
    await t.pass(minute);
    await feedRollouts(t.pipeline, t.task);

    expect(t.writes).toEqual([{ add: [{ skuId: ems, disabledPlans: [intune] }], remove: [] }]);
    expect(t.state()?.outcome).toBe('licensed');
    expect(await t.pipeline.rollouts.read('held-1')).toMatchObject({ state: 'done', approvedBy: 'ann' });
    expect((await t.members('held-1')).map(([state]) => state)).toEqual(['changed']);
  });

  it('collect it anew when it was cancelled and comes again', async () => {
    const t = await licensedWorld(noReductions);
    await t.move('Service');
    await t.pass(agreed);
    await cancelRollout(t.pipeline, 'held-1', operator);
    await feedRollouts(t.pipeline, t.task);

    await t.move('Service');

    expect(t.writes).toEqual([]);
    expect((await t.members('held-1')).map(([state]) => state)).toEqual(['dropped']);
    expect((await t.members('held-2')).map(([state]) => state)).toEqual(['pending']);
  });

  it('go by a percentage of those whom we have licensed', async () => {
    const t = await licensedWorld('guards: { maxReductions: { percent: 2 } }');
    t.world.usersWithLedger = 49;
    await t.move('Service');
    await t.pass(agreed);
    const few = t.writes.length;
    await cancelRollout(t.pipeline, 'held-1', operator);

    t.world.usersWithLedger = 50;
    await t.move('Service');
    await t.pass(minute);

    expect([few, t.writes.length]).toEqual([0, 1]);
  });

  it('count a user before the write, so that two who pass together do not both go through', async () => {
    const t = await licensedWorld('guards: { maxReductions: { count: 1 } }');
    await t.move('Service');
    await t.pass(10 * minute - 1);
    const other = 'cccccccc-0000-4000-8000-000000000003' as UserId;
    // Another user takes the last place after this user was decided, and before the write.
    t.world.onQuota = async () => {
      await t.pipeline.guards.reserve(other, { reduction: true, change: true }, () => true);
    };
    await t.pass(minute);

    expect(t.writes).toEqual([]);
    expect(t.state()?.outcome).toBe('held');
  });

  it('never hold a first grant', async () => {
    const t = makePipelineWorld();
    t.world.policyText = policy('guards: { maxReductions: { count: 0 }, maxChanges: { count: 0 } }');

    await t.decide();
    while (await t.step());

    expect(t.state()?.outcome).toBe('licensed');
  });

  it('hold a removal that is due, too', async () => {
    const t = await licensedWorld(`removal: { mode: remove, grace: 0d }\n${noReductions}`);

    await t.move('Legal');
    await t.pass(hour);

    expect(t.writes).toEqual([]);
    expect(t.state()?.outcome).toBe('held');
    expect(t.ledger()).toHaveLength(1);
  });
});

describe('the first policy', () => {
  it('is stored with the plans that its SKUs have, and a file edited later changes nothing', async () => {
    const t = await licensedWorld('');
    const { active } = await t.pipeline.policies.pointer();

    t.world.policyText = policy('').replace('{ sku: EMS }', '{ sku: EMS, disable: [AAD_PREMIUM] }');
    await t.move('Sales');
    await t.pass(hour);

    const stored = active === null ? undefined : await t.pipeline.policies.read(active);
    expect(stored?.knownPlans).toEqual([{ skuId: ems, servicePlanIds: [premium, intune].sort() }]);
    expect(t.writes).toEqual([]);
  });
});
