import { beforeEach, describe, expect, it } from '@jest/globals';
import { renderLearntRules } from '../../../cli/commands/sku/conflicts';
import { renderWaiting } from '../../../cli/commands/waiting/list';
import { toServicePlanId, toUserId } from '../../../shared/kernel/ids';
import { forgetLearntConflict, listLearntConflicts } from '../../../shared/ops/skus/learnt-conflicts';
import { listWaiting } from '../../../shared/ops/waiting/list-waiting';
import { ems, intune, makePipelineWorld, premium, userId } from '../../support/pipeline-world';

let t: ReturnType<typeof makePipelineWorld>;
beforeEach(() => {
  t = makePipelineWorld();
  Object.assign(t.pipeline.users, { list: async function* () {} });
  t.world.seats = { enabled: 10, consumed: 10 };
});

const minute = 60_000;
const operator = { by: 'ann', why: 'over' };
const other = toServicePlanId('dddddddd-0000-4000-8000-000000000001');
const place = (number: number, priority: number, fallback: typeof ems | null = null) =>
  t.waiting.put({
    skuId: ems,
    userId: toUserId(`00000000-0000-4000-8000-${String(number).padStart(12, '0')}`),
    userPrincipalName: number === 1 ? 'ann@contoso.com' : null,
    priority,
    since: t.now() - number * minute,
    fallback,
  });

describe('who waits for which seat', () => {
  it('stands in the order of service, with the time it takes at the rate so far', async () => {
    await place(1, 0, ems);
    await place(2, 10);
    await t.waiting.noteServed(ems, t.now() - 10 * minute, 2);

    const [list] = await listWaiting(t.pipeline);

    expect(list).toMatchObject({
      skuPartNumber: 'EMS',
      seats: { enabled: 10, consumed: 10, free: 0 },
      waiting: 2,
    });
    expect(list?.users).toMatchObject([
      { position: 1, priority: 10, fallback: null, expectedAt: new Date(t.now() + 5 * minute).toISOString() },
      { position: 2, fallback: 'EMS', expectedAt: new Date(t.now() + 10 * minute).toISOString() },
    ]);
  });

  it('is not forecast before a seat came free', async () => {
    await place(1, 0);

    const lists = await listWaiting(t.pipeline, { sku: 'ems' });

    expect(lists[0]?.users[0]?.expectedAt).toBeNull();
    const text = renderWaiting(lists, 50, t.now());
    expect(text).toContain('EMS: 1 user waits; 0 of 10 seats free');
    expect(text).toContain('Expected: unknown, because no seat came free yet.');
    for (const line of text.split('\n')) expect(line.length).toBeLessThanOrEqual(80);
  });

  it('is shown a page at a time', async () => {
    for (let number = 1; number <= 4; number++) await place(number, 0);

    const text = renderWaiting(await listWaiting(t.pipeline), 3, t.now());

    expect(text).toContain('and 1 more: --limit');
  });

  it('says when a seat is set aside', async () => {
    await place(1, 0);
    const [entry] = t.waiting.entries();
    if (entry !== undefined) await t.waiting.reserve(entry, t.now() + minute);

    const text = renderWaiting(await listWaiting(t.pipeline), 50, t.now());

    expect(text).toContain('now: has a seat');
  });

  it('is empty when no user waits', async () => {
    expect(renderWaiting(await listWaiting(t.pipeline), 50, 0)).toBe('No user waits for a seat.\n');
  });

  it('is refused for a SKU that is not there', async () => {
    await expect(listWaiting(t.pipeline, { sku: 'EMSS' })).rejects.toThrow('no SKU EMSS');
  });
});

describe('what Graph taught of plans', () => {
  const learn = () =>
    t.pipeline.learntConflicts.learn([
      { kind: 'conflict', plans: [intune, premium], learntAt: 1_000, text: 'exclusive!', requestId: 'r-1' },
      { kind: 'dependency', plan: premium, anyOf: [other], learntAt: 2_000, text: 'needs!', requestId: null },
    ]);

  it('is shown with names, SKUs and evidence', async () => {
    await learn();

    const rules = await listLearntConflicts(t.pipeline);
    const text = renderLearntRules(rules);

    expect(rules).toMatchObject([
      { kind: 'conflict', skus: ['EMS'], learntAt: '1970-01-01T00:00:01.000Z', requestId: 'r-1' },
      { kind: 'dependency' },
    ]);
    expect(text).toContain('INTUNE_A excludes AAD_PREMIUM');
    expect(text).toContain(`AAD_PREMIUM needs ${other}`);
    expect(text).toContain('exclusive!');
  });

  it('is forgotten by the names of two plans, whatever their order, and never without an audit entry', async () => {
    await learn();

    const done = await forgetLearntConflict(t.pipeline, { plan: 'aad_premium', other: 'INTUNE_A' }, operator);

    expect(done.forgotten).toMatchObject([{ kind: 'conflict' }]);
    expect(await listLearntConflicts(t.pipeline)).toMatchObject([{ kind: 'dependency' }]);
    expect(t.audit).toMatchObject([{ action: 'knowledge/forget', by: 'ann', why: 'over' }]);
  });

  it('has whom it blocked looked at again', async () => {
    await learn();
    await t.decide();
    const blocked = {
      skuId: ems,
      outcome: 'blocked',
      reason: { code: 'plans/conflict', text: 'No.', servicePlanIds: [intune, premium] },
    };
    const state = t.state();
    if (state === null) throw new Error('no row');
    Object.assign(t.pipeline.users, {
      list: async function* () {
        yield { userId, state: { ...state, skus: [blocked] } };
        yield { userId: toUserId('00000000-0000-4000-8000-000000000009'), state };
      },
    });
    t.sent.length = 0;

    const done = await forgetLearntConflict(t.pipeline, { plan: 'INTUNE_A', other: 'AAD_PREMIUM' }, operator);

    expect(done.users).toBe(1);
    expect(t.sent).toMatchObject([{ hint: { user: { id: userId }, source: 'operator' } }]);
  });

  it.each([
    ['what was never learnt', 'INTUNE_A', other, 'Nothing was learnt'],
    ['a plan that is not there', 'INTUNE_Z', 'INTUNE_A', 'No SKU of the tenant has a plan INTUNE_Z'],
  ])('cannot be forgotten: %s', async (_, plan, second, message) => {
    await learn();

    await expect(forgetLearntConflict(t.pipeline, { plan, other: second }, operator)).rejects.toThrow(
      message,
    );
  });
});
