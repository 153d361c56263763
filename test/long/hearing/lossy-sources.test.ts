import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join as joinPath } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { controlHeaders } from '@auto-licenser/graph-emulator/client';
import type { SyncedUser } from '@auto-licenser/graph-emulator/client';
import { toUserId } from '../../../shared/kernel/ids';
import { readRounds } from '../../../shared/pipeline/intake/delta-round';
import { requestCensus } from '../../../shared/pipeline/census/census-state';
import { readCensus } from '../../../shared/pipeline/census/walk-census';
import { systemClock } from '../../../shared/kernel/clock';
import { joiner, judgedLog } from '../../support/judge-joiner';
import { writeAmpleTenant } from '../../support/seats';
import { startTestCloud } from '../../support/local-cloud';
import type { TestCloud } from '../../support/local-cloud';
import { waitUntil } from '../../support/wait-until';

/** A fifth of the notifications is lost, nearly a third comes twice, all in any order; deltas tell things again. */
const faults = {
  lostNotificationRate: 0.2,
  duplicateNotificationRate: 0.3,
  reorderNotifications: true,
  deltaReplayRate: 0.3,
  emptyDeltaPageRate: 0.3,
  error429Rate: 0.02,
  error503Rate: 0.02,
};
/** How Graph says that a position is lost. */
const lost = [
  { lostPositionAs: 'syncStateNotFound', expiredDeltaStatus: 410 },
  { lostPositionAs: 'expiredPageToken' },
  { lostPositionAs: 'syncStateText' },
  { lostPositionAs: 'notFound' },
] as const;
const minutes = 60_000;

describe('sources of which each loses something', () => {
  let test: TestCloud;
  let folder: string;
  let engineering: string;
  const members: SyncedUser[] = [];
  let outer: string;
  let inner: string;

  const control = async (path: string, body: unknown = {}) => {
    const answer = await fetch(`${test.cloud.file.graph.origin}/_local${path}`, {
      method: 'POST',
      headers: controlHeaders(test.cloud.file.graph),
      body: JSON.stringify(body),
    });
    if (!answer.ok) throw new Error(await answer.text());
  };
  /** Graph refuses by chance here: asked until it answers as it should. */
  const graph = (method: string, path: string, body?: unknown) =>
    waitUntil(`${method} ${path}`, async () => {
      const answer = await test.graph(method, path, body);
      return answer.status < 300 && answer;
    });
  const makeGroup = async (name: string) => {
    const displayName = `${name}-${crypto.randomUUID()}`;
    const group = { displayName, mailEnabled: false, mailNickname: 'sg', securityEnabled: true };
    return String((await graph('POST', '/groups', group)).body['id']);
  };
  const join = (group: string, id: string) =>
    graph('POST', `/groups/${group}/members/$ref`, {
      '@odata.id': `https://graph.microsoft.com/v1.0/directoryObjects/${id}`,
    });
  const outcomeOf = async (id: string) => (await test.stores.users.read(toUserId(id))).state?.outcome;
  const waitForAll = (what: string, users: readonly SyncedUser[], outcome: string) =>
    waitUntil(
      what,
      async () => {
        for (const { id } of users) if ((await outcomeOf(id)) !== outcome) return false;
        return true;
      },
      5 * minutes,
    );

  beforeAll(async () => {
    folder = mkdtempSync(joinPath(tmpdir(), 'lossy-sources-'));
    // Seats for everybody: who waits for one waits rightly.
    const tenantFile = writeAmpleTenant(folder);
    test = await startTestCloud({ tenantFile, settings: { LICENSER_DELTA_SCHEDULE: '*/2 * * * * *' } });
    const found = await graph('GET', "/groups?$filter=displayName eq 'SG-Engineering'&$select=id");
    engineering = (found.body['value'] as { id: string }[])[0]?.id ?? '';
    await waitUntil(
      'groups are followed',
      async () => (await readRounds(test.stores.cursors)).groups.workedAt,
    );
    await test.runFunction('graph-subscription');
    await waitUntil('both are subscribed to', async () => {
      const { body } = await test.graph('GET', '/subscriptions');
      return (body['value'] as unknown[]).length === 2;
    });
    const outsiders = Array.from({ length: 60 }, (_, number) =>
      joiner(`member${String(number)}.${crypto.randomUUID()}`, { department: 'Legal' }),
    );
    members.push(...(await test.bring(outsiders)));
    await waitForAll('all are known', members, 'nothing');
    [outer, inner] = [await makeGroup('SG-Outer'), await makeGroup('SG-Inner')];
    await control('/faults', faults);
  }, 10 * minutes);
  afterAll(async () => {
    await test?.stop();
    rmSync(folder, { recursive: true, force: true });
  });

  it(
    'leave no user without an outcome, and have none written to twice for one reason',
    async () => {
      const joiners: SyncedUser[] = [];
      for (const [round, wording] of lost.entries()) {
        const people = Array.from({ length: 15 }, (_, number) =>
          joiner(`joiner${String(round)}-${String(number)}.${crypto.randomUUID()}`),
        );
        joiners.push(...(await test.bring(people)));
        await control('/faults', wording);
        // What may end ends at once: positions, tokens, and the authorizations of subscriptions.
        await control('/delta/reset');
        await control('/tokens/revoke');
        await control('/subscriptions/reauthorization', { afterMs: 1 });
        for (const { id } of members.slice(round * 10, round * 10 + 10)) await join(engineering, id);
      }
      // A crowd by nesting, which then moves one level down.
      for (const { id } of members.slice(40)) await join(inner, id);
      await join(engineering, outer);
      await join(outer, inner);

      await waitForAll('all are licensed', [...joiners, ...members], 'licensed');

      await control('/faults', { lostNotificationRate: 0, error429Rate: 0, error503Rate: 0 });
      const at = systemClock.now();
      await requestCensus(test.stores.cursors, { at, by: 'a test', reason: 'asked for' });
      await test.runFunction('census-walk');
      const census = await waitUntil(
        'the census is done',
        async () => {
          const { state } = await readCensus(test.stores);
          return state !== undefined && state.startedAt >= at && state.phase === 'done' && state;
        },
        5 * minutes,
      );
      expect(census.counts).toMatchObject({ withoutOutcome: 0, unsettled: 0 });

      const own = new Set([...joiners, ...members].map(({ id }) => id));
      const effective = new Map<string, number>();
      for (const { kind, userId, effective: isEffective } of await judgedLog(test)) {
        if (isEffective && own.has(userId))
          effective.set(`${userId} ${kind}`, (effective.get(`${userId} ${kind}`) ?? 0) + 1);
      }
      expect([...effective].filter(([, count]) => count > 1)).toEqual([]);
      expect(test.exits).toEqual([]);
    },
    20 * minutes,
  );

  it(
    'find who is deleted and restored, and who cannot be read for a minute',
    async () => {
      const [gone] = await test.bring([joiner(`gone.${crypto.randomUUID()}`)]);
      if (gone === undefined) throw new Error('There is no user');
      await waitForAll('the user is licensed', [gone], 'licensed');
      await graph('DELETE', `/users/${gone.id}`);
      await graph('POST', `/directory/deletedItems/${gone.id}/restore`);
      await control('/faults', { notFoundLagMs: minutes });
      const [late] = await test.bring([joiner(`late.${crypto.randomUUID()}`)]);
      if (late === undefined) throw new Error('There is no user');

      await waitForAll('both are licensed', [gone, late], 'licensed');

      const { body } = await test.graph('GET', `/users/${gone.id}?$select=id,assignedLicenses`);
      expect(body['assignedLicenses']).toHaveLength(1);
    },
    10 * minutes,
  );
});
