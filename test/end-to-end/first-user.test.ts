import { isDeepStrictEqual } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { toUserId } from '../../shared/kernel/ids';
import { ems, intune, joiner } from '../support/judge-joiner';
import { leaseTestCloud } from '../support/clouds/lease-cloud';
import type { TestCloud } from '../support/local-cloud';
import { waitUntil } from '../support/wait-until';

const person = (name: string, extra: Record<string, unknown> = {}) =>
  joiner(name, { onPremisesSyncEnabled: true, ...extra });

/** What every station of the way left behind, for a user of department Sales without a usage location. */
async function expectTheWholeWay(test: TestCloud, userId: string, source: string): Promise<void> {
  const record = await waitUntil(`user ${userId} is licensed`, async () => {
    const found = await test.stores.users.read(toUserId(userId));
    return found.state?.outcome === 'licensed' && found;
  });

  // Graph's own write log: the usage location first, then one call with the plan off.
  const log = (await test.control.writeLog(0)).filter((entry) => entry.userId === userId);
  expect(log.map(({ kind, status, effective }) => ({ kind, status, effective }))).toEqual([
    { kind: 'usageLocation', status: 204, effective: true },
    { kind: 'assignLicense', status: 200, effective: true },
  ]);
  expect(log[0]?.usageLocation).toBe('NL');
  expect(log[1]?.add).toEqual([{ skuId: ems, disabledPlans: [intune] }]);
  expect(log[1]?.remove).toEqual([]);

  // The tenant: the license with every plan but one.
  const details = await test.graph('GET', `/users/${userId}/licenseDetails`);
  const [license] = details.body['value'] as { skuId: string; servicePlans: Record<string, string>[] }[];
  expect(license?.skuId).toBe(ems);
  const off = license?.servicePlans.filter((plan) => plan['provisioningStatus'] === 'Disabled');
  expect(off?.map((plan) => plan['servicePlanName'])).toEqual(['INTUNE_A']);

  // The tables: ledger, and the story with its source.
  expect(record.ledger.map(({ skuId, disabledByUs }) => ({ skuId, disabledByUs }))).toEqual([
    { skuId: ems, disabledByUs: [intune] },
  ]);
  expect(record.state?.intent).toBeNull();
  const timeline = await test.stores.users.timeline(toUserId(userId));
  // Verified is half a minute later, which a slow machine may reach before it reads this.
  const steps = timeline.map(({ step }) => step).filter((step) => step !== 'verified');
  expect(steps).toEqual(['seen', 'decided', 'intended', 'written']);
  expect(timeline[0]?.facts).toMatchObject({ source });
}

/** What Graph calls the app about. */
async function subscribed(test: TestCloud): Promise<readonly string[]> {
  const { body } = await test.graph('GET', '/subscriptions');
  return (body['value'] as { resource: string }[]).map(({ resource }) => resource);
}

describe('the first user', () => {
  let test: TestCloud;

  describe('found by delta', () => {
    afterAll(() => test?.stop());
    beforeAll(async () => {
      test = await leaseTestCloud('delta');
    });

    it('is licensed through both queues, PATCH and POST', async () => {
      const oneOperation = { sent: 1, completed: 1, bulk: 0 };
      // The broker counts for everybody, and looks at users of earlier files may come due: then with another user.
      await waitUntil('a user for whom one operation was sent, and no other meanwhile', async () => {
        const before = await test.control.queueCounters();
        const [user] = await test.bring([person(`dora.${crypto.randomUUID()}`)]);

        await expectTheWholeWay(test, user?.id ?? '', 'delta');

        const after = await waitUntil('both queues are empty', async () => {
          const counters = await test.control.queueCounters();
          return Object.values(counters).every(({ active, locked }) => active + locked === 0) && counters;
        });
        const since = (queue: string, counter: 'sent' | 'completed') =>
          (after[queue]?.[counter] ?? 0) - (before[queue]?.[counter] ?? 0);
        // Hints: the user's own, perhaps the echo of the usage location, and a look for late groups, scheduled.
        expect(Object.values(after).filter(({ deadLettered }) => deadLettered > 0)).toEqual([]);
        expect(since('directory-changes', 'completed')).toBeGreaterThanOrEqual(1);
        const counted = {
          sent: since('license-changes', 'sent'),
          completed: since('license-changes', 'completed'),
          bulk: since('license-changes-bulk', 'sent'),
        };
        return isDeepStrictEqual(counted, oneOperation);
      });
      expect(test.exits).toEqual([]);
    });
  });

  describe('found by the webhook', () => {
    beforeAll(async () => {
      test = await leaseTestCloud('hints');
      // The app subscribes by itself: Graph's handshake comes back to its own notification function.
      expect(await test.runFunction('graph-subscription')).toBe(202);
      await waitUntil('the subscription exists', async () => {
        return (await subscribed(test)).includes('users');
      });
    });

    afterAll(async () => {
      // The next file that borrows this cloud sends its own hints.
      const { body } = await test.graph('GET', '/subscriptions');
      for (const { id } of body['value'] as { id: string }[])
        await test.graph('DELETE', `/subscriptions/${id}`);
      await test.stop();
    });

    it('is licensed without delta ever running', async () => {
      const [user] = await test.bring([person(`wim.${crypto.randomUUID()}`)]);

      await expectTheWholeWay(test, user?.id ?? '', 'notification');
    });

    it('asks Graph for one subscription a resource, however often the timer fires', async () => {
      await test.runFunction('graph-subscription');
      await test.runFunction('graph-subscription');

      const resources = await subscribed(test);
      // The sample policy names groups, so they have one of their own.
      expect(resources.filter((resource) => resource === 'users')).toHaveLength(1);
      expect(new Set(resources).size).toBe(resources.length);
    });
  });
});
