import { expect, it } from '@jest/globals';
import { isoTime } from '../../../../shared/kernel/clock';
import { timing } from '../../../../shared/kernel/timing';
import { readSources } from '../../../../shared/ops/sources/read-sources';
import { subscriptionCursors, writeKept } from '../../../../shared/pipeline/intake/kept-subscription';
import type { Services } from '../../../../shared/pipeline/services';
import { makeMemoryCursors } from '../../../support/memory/memory-cursors';

const day = 86_400_000;

it('tells when each of the two subscriptions was renewed, and till when it lasts', async () => {
  let now = 10 * day;
  const cursors = makeMemoryCursors(() => now);
  const keep = async (row: string) =>
    cursors.commit(row, await cursors.read(row), writeKept({ id: row, url: 'https://app', state: 'f' }));
  await keep(subscriptionCursors.users);
  now += day;
  await keep(subscriptionCursors.groups);
  const services = { cursors, settings: { notificationUrl: 'https://app' } } as unknown as Services;

  const { subscription, groupSubscription } = await readSources(services);

  const lasts = timing.intake.subscription.ms;
  expect(subscription).toEqual({ renewedAt: isoTime(10 * day), expiresAt: isoTime(10 * day + lasts) });
  expect(groupSubscription).toEqual({
    ...{ renewedAt: isoTime(11 * day), expiresAt: isoTime(11 * day + lasts) },
    isRefused: false,
  });
});

it.each([
  ['https://app.example/api/graph-notification', 'graph'],
  ['EventGrid:?azuresubscriptionid=s&resourcegroup=g&partnertopic=t&location=l', 'eventGrid'],
])('tells who brings the notifications of %s', async (notificationUrl, by) => {
  const services = {
    cursors: makeMemoryCursors(() => day),
    settings: { notificationUrl },
  } as unknown as Services;

  expect((await readSources(services)).notifications).toEqual({ isUsed: true, by, lastAt: null });
});
