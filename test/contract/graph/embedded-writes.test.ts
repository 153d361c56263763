import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { changeSettings } from '@auto-licenser/graph-emulator/settings';
import type { GraphError } from '../../../shared/graph/refusals/graph-error';
import { toSkuId } from '../../../shared/kernel/ids';
import type { UserId } from '../../../shared/kernel/ids';
import { startEmbeddedDirectory } from '../../support/graph/embedded-directory';
import type { EmbeddedDirectory } from '../../support/graph/embedded-directory';
import { userId } from '../../support/user-states';
import {
  classOf,
  crowd,
  ems,
  exchangeE,
  exchangePlanE,
  exchangePlanS,
  exchangeS,
  holdings,
  intune,
  licensed,
} from '../../support/graph/small-tenant';

let world: EmbeddedDirectory;
let graph: EmbeddedDirectory['graph'];
let directory: EmbeddedDirectory['directory'];
let assign: EmbeddedDirectory['assign'];
beforeAll(async () => {
  world = await startEmbeddedDirectory();
  ({ graph, directory, assign } = world);
});
afterEach(() => world.resetSettings());
afterAll(() => graph.stop());

describe('license writes over the embedded Graph', () => {
  it('gives EMS without INTUNE_A, changes its plans, and takes it back', async () => {
    await assign(userId(3), ems, [intune]);
    const given = await directory.readUser(userId(3), holdings);
    const details = await directory.readLicenseDetails(userId(3));
    await assign(userId(3), ems, []);
    const changed = await directory.readUser(userId(3), holdings);
    await directory.assignLicense(userId(3), { add: [], remove: [ems] });
    const taken = await directory.readUser(userId(3), holdings);

    expect(given?.user.assignments).toEqual([
      { skuId: ems, assignedByGroup: null, disabledPlans: [intune], state: 'Active', error: null },
    ]);
    const plans = details[0]?.servicePlans ?? [];
    expect(Object.fromEntries(plans.map((plan) => [plan.servicePlanName, plan.provisioningStatus]))).toEqual({
      INTUNE_A: 'Disabled',
      AAD_PREMIUM: 'Success',
    });
    expect(changed?.user.assignments[0]?.disabledPlans).toEqual([]);
    expect(taken?.user.assignments).toEqual([]);
  });

  it('tells inherited licenses from direct ones', async () => {
    const snapshot = await directory.readUser(userId(8), holdings);

    expect(snapshot?.user.assignments).toMatchObject([{ skuId: exchangeS, assignedByGroup: licensed }]);
  });

  it('sets a usage location, without which there is no license', async () => {
    const refused = await classOf(assign(userId(9), ems));

    await directory.setUsageLocation(userId(9), 'NL');
    await assign(userId(9), ems);

    expect(refused).toBe('usageLocation');
    expect((await directory.readUser(userId(9), holdings))?.user.usageLocation).toBe('NL');
  });

  it.each([
    ['seats', () => assign(userId(4), toSkuId('c5928f49-12ba-48f7-ada3-0d743a3601d5'))],
    ['conflict', () => assign(userId(5), exchangeS).then(() => assign(userId(5), exchangeE))],
    ['configuration', () => assign(userId(4), toSkuId('11111111-0000-4000-8000-000000000001'))],
    ['configuration', () => assign(userId(4), ems, [exchangePlanS])],
    ['notHeld', () => directory.assignLicense(userId(4), { add: [], remove: [ems] })],
    ['inherited', () => directory.assignLicense(userId(8), { add: [], remove: [exchangeS] })],
    ['gone', () => assign(userId(424242), ems)],
    [
      'prohibitedLocation',
      () => directory.setUsageLocation(userId(6), 'KP').then(() => assign(userId(6), ems)),
    ],
  ])('meets a refusal of class %s', async (errorClass, work) => {
    expect(await classOf(work())).toBe(errorClass);
  });

  it('names the plans of a conflict, in both wordings', async () => {
    await assign(userId(7), exchangeS);
    const ids: (readonly string[])[] = [];
    for (const conflictWording of ['classic', 'pairs'] as const) {
      changeSettings(graph.engine.settings, { conflictWording });
      const error: unknown = await assign(userId(7), exchangeE).catch((thrown: unknown) => thrown);
      ids.push([...(error as GraphError).ids].sort());
    }

    expect(ids).toEqual([[exchangePlanS, exchangePlanE].sort(), [exchangePlanS, exchangePlanE].sort()]);
  });

  it('does not know whether a write was done whose connection broke, and reading back tells', async () => {
    changeSettings(graph.engine.settings, { resetAfterCommitRate: 1 });

    const errorClass = await classOf(assign(crowd[0] as UserId, ems));
    changeSettings(graph.engine.settings, { resetAfterCommitRate: 0 });

    expect(errorClass).toBe('ambiguous');
    expect((await directory.readUser(crowd[0] as UserId, holdings))?.user.assignments).toHaveLength(1);
  });
});
