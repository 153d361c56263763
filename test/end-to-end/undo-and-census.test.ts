import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { toUserId } from '../../shared/kernel/ids';
import { releaseUndo, undoUser } from '../../shared/ops/exceptions/undo-user';
import { requestCensus } from '../../shared/pipeline/census/census-state';
import type { CensusState } from '../../shared/pipeline/census/census-state';
import { readCensus } from '../../shared/pipeline/census/walk-census';
import { ems, intune, operator, policyText, startRolloutWorld } from '../support/rollout-world';
import type { RolloutWorld } from '../support/rollout-world';
import { waitUntil } from '../support/wait-until';

const visio = 'c5928f49-12ba-48f7-ada3-0d743a3601d5';
/** All of EMS for Trading, without INTUNE_A for Brokering. */
const scope = 'scope: { when: \'user.department -in ["Trading", "Brokering"]\' }\n';
const policy = `${policyText([], scope)}  - name: brokers
    when: 'user.department -eq "Brokering"'
    assign:
      - { sku: EMS }
    without: [INTUNE_A]
`;

/** Both moved to Brokering and were set back by an undo; the write log judges what a census does about that. */
describe('a census while an undo stands', () => {
  let world: RolloutWorld;
  let staff: readonly string[];
  let kept: string;
  let swapped: string;

  const writesOf = async (id: string) =>
    (await world.writesAfter(0)).filter(({ userId }) => userId === id).map(({ add }) => add);
  const lastWriteOf = async (id: string) => (await writesOf(id)).at(-1)?.[0];
  const census = async (): Promise<CensusState> => {
    const { state: last } = await readCensus(world.pipeline);
    await requestCensus(world.stores.cursors, { at: Date.now(), ...operator, reason: 'asked for' });
    await world.runFunction('census-walk');
    return waitUntil('the census is done', async () => {
      const { state } = await readCensus(world.pipeline);
      return state !== undefined && state.id !== last?.id && state.phase === 'done' && state;
    });
  };

  beforeAll(async () => {
    world = await startRolloutWorld({ policy });
    staff = await world.hire(2, 'undone');
    [kept = '', swapped = ''] = staff;
    await waitUntil('both are licensed', () => world.licensed(staff));
    const to = Date.now();
    for (const id of staff) await world.graph('PATCH', `/users/${id}`, { department: 'Brokering' });
    for (const id of staff) {
      await waitUntil('INTUNE_A is off', async () => (await writesOf(id)).length === 2);
    }
    for (const user of staff) await undoUser(world.pipeline, { user, to, until: null }, operator);
    for (const id of staff) {
      await waitUntil('it is undone', async () => {
        const { state } = await world.stores.users.read(toUserId(id));
        return state?.outcome === 'pinned' && state.intent === null && (await writesOf(id)).length === 3;
      });
    }
  });
  afterAll(() => world?.stop());

  it('writes nothing, and does not call the undo a change by hand', async () => {
    const before = await world.writesAfter(0);

    const state = await census();

    expect(state.counts).toMatchObject({ inScope: 2, looks: 0, drifted: 0, unsettled: 0 });
    expect(await world.writesAfter(0)).toEqual(before);
    expect(await world.plansOff(staff)).toEqual(new Map(staff.map((id) => [id, []])));
  });

  it('brings back what was undone to, not what the policy says, when a person takes it away', async () => {
    const swap = { addLicenses: [{ skuId: visio, disabledPlans: [] }], removeLicenses: [ems] };
    expect((await world.graph('POST', `/users/${swapped}/assignLicense`, swap)).status).toBe(200);

    await census();
    await waitUntil('EMS is back', async () => (await world.plansOff([swapped])).get(swapped) !== null);

    expect(await lastWriteOf(swapped)).toEqual({ skuId: ems, disabledPlans: [] });
    expect(await writesOf(kept)).toHaveLength(3);
  });

  it('changes nothing after the release either: the policy’s state is back by then', async () => {
    for (const id of staff) await releaseUndo(world.pipeline, id, operator);
    for (const id of staff) {
      await waitUntil('the policy decides again', async () => {
        const { state } = await world.stores.users.read(toUserId(id));
        return state?.outcome === 'licensed' && (await lastWriteOf(id))?.disabledPlans.join() === intune;
      });
    }
    const before = await world.writesAfter(0);

    const state = await census();

    expect(state.counts).toMatchObject({ inScope: 2, drifted: 0, unsettled: 0 });
    expect(await world.writesAfter(0)).toEqual(before);
  });
});
