import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { SyncedUser } from '@auto-licenser/graph-emulator/client';
import { makeOutcomeReader } from '../../../cli/local-cloud/outcomes';
import { toUserId } from '../../../shared/kernel/ids';
import { readCensus } from '../../../shared/pipeline/census/walk-census';
import type { CensusState } from '../../../shared/pipeline/census/census-state';
import { never, startTestCloud } from '../local-cloud';
import type { TestCloud } from '../local-cloud';
import { waitUntil } from '../wait-until';

const ems = 'efccb6f7-5641-4e0e-bd10-b4976e1bf68e';
const visio = 'c5928f49-12ba-48f7-ada3-0d743a3601d5';
const intune = 'c1ec4a95-1f05-45b3-a911-aa3fa01094f5';
const departments = ['Sales', 'Finance', 'Legal'] as const;

const person = (index: number) => ({
  userPrincipalName: `earlier.${index}@contoso.onmicrosoft.com`,
  mailNickname: `earlier.${index}`,
  displayName: `Earlier ${index}`,
  accountEnabled: true,
  userType: index % 10 === 9 ? 'Guest' : 'Member',
  department: departments[index % departments.length],
  country: 'NL',
  usageLocation: 'NL',
});
/** Without groups, so that no look for late memberships is scheduled. */
const policy = `version: 1
scope: { when: 'user.userType -eq "Member" -and user.accountEnabled -eq true' }
rules:
  - name: staff-ems-without-intune
    when: 'user.department -in ["Sales", "Finance"]'
    assign:
      - { sku: EMS, disable: [INTUNE_A] }
`;
const isEntitled = (index: number) => index % 10 !== 9 && index % departments.length < 2;

/** Runs the walker until the census that is due is done. */
async function walk(test: TestCloud): Promise<CensusState> {
  await test.runFunction('census-walk');
  return waitUntil(
    'the census is done',
    async () => {
      const { state } = await readCensus({ cursors: test.stores.cursors });
      return state?.phase === 'done' && state;
    },
    120_000,
  );
}

async function requests(test: TestCloud): Promise<number> {
  const state = (await (await fetch(`${test.cloud.file.graph.origin}/_local/state`)).json()) as {
    counters: { requests: number };
  };
  return state.counters.requests;
}

/**
 * Tests of the census over the whole embedded cloud: `count` users are there before the app is, and two of them are
 * changed by hand later.
 */
export function describeFirstCensus({ count }: { readonly count: number }): void {
  describe(`${String(count)} users who were there before the app`, () => {
    let test: TestCloud;
    let earlier: readonly SyncedUser[];
    let first: CensusState;
    let folder: string;

    beforeAll(async () => {
      folder = mkdtempSync(join(tmpdir(), 'census-'));
      writeFileSync(join(folder, 'licensing.yaml'), policy);
      test = await startTestCloud({
        policy: join(folder, 'licensing.yaml'),
        follow: false,
        settings: {
          LICENSER_DELTA_SCHEDULE: never,
          LICENSER_CENSUS_WALK_SCHEDULE: never,
          LICENSER_FIRST_CENSUS: 'on',
        },
      });
      earlier = await test.bring(Array.from({ length: count }, (_, index) => person(index)));
      await test.runFunction('census-walk');
    });
    afterAll(async () => {
      await test?.stop();
      rmSync(folder, { recursive: true, force: true });
    });

    it('are not counted before changes are followed, so that no user is missed', async () => {
      const { state } = await readCensus({ cursors: test.stores.cursors });

      expect(state).toBeUndefined();
      expect(await test.control.writeLog(0)).toEqual([]);
    });

    it('are licensed by the first census, in the bulk lane, each with one write', async () => {
      await test.runFunction('users-delta');
      await waitUntil('changes are followed', async () => {
        return (await test.stores.cursors.read('users-delta')).value !== null;
      });

      first = await walk(test);

      const log = await test.control.writeLog(0);
      const entitled = earlier.filter((_, index) => isEntitled(index)).map(({ id }) => id);
      const others = new Set(earlier.filter((_, index) => !isEntitled(index)).map(({ id }) => id));
      const writesOf = (id: string) => log.filter(({ userId, effective }) => userId === id && effective);
      expect(entitled.filter((id) => writesOf(id).length !== 1)).toEqual([]);
      expect(writesOf(entitled[0] ?? '')[0]).toMatchObject({
        kind: 'assignLicense',
        add: [{ skuId: ems, disabledPlans: [intune] }],
      });
      expect(log.filter(({ userId }) => others.has(userId))).toEqual([]);
      const queues = await test.control.queueCounters();
      expect(queues['license-changes-bulk']?.sent).toBeGreaterThanOrEqual(entitled.length);
      expect(queues['license-changes-bulk']?.deadLettered).toBe(0);
    });

    it('all have an outcome in the end, and no user outside the scope got a row', async () => {
      const outcomes = await makeOutcomeReader(test.cloud.file.tables).read();

      expect(first).toMatchObject({ reason: 'first start', counts: { unsettled: 0 } });
      expect(first.counts.withoutOutcome).toBe(first.counts.inScope);
      const members = earlier.filter((_, index) => index % 10 !== 9);
      expect(members.filter(({ id }) => !outcomes.get(id))).toEqual([]);
      const guests = earlier.filter((_, index) => index % 10 === 9);
      expect(guests.filter(({ id }) => outcomes.has(id))).toEqual([]);
    });

    it('cost a second census a handful of requests, and nothing changes', async () => {
      const writes = await test.control.writeLog(0);
      // Looks that verify the writes of the first one may come due meanwhile: then the next census is counted.
      const second = await waitUntil('a census that costs less than 20 requests', async () => {
        const { state: last } = await readCensus({ cursors: test.stores.cursors });
        const before = await requests(test);
        await test.runFunction('census');
        const ended = await waitUntil('the next census', async () => {
          const state = await walk(test);
          return state.id !== last?.id && state;
        });
        return (await requests(test)) - before < 20 && ended;
      });

      expect(second).toMatchObject({
        reason: 'nightly',
        counts: { users: first.counts.users, withoutOutcome: 0, looks: 0, drifted: 0, unsettled: 0 },
      });
      expect(await test.control.writeLog(0)).toEqual(writes);
    });

    it('finds what people changed by hand, names it, and has it set right', async () => {
      const [taken = '', widened = ''] = earlier.filter((_, index) => isEntitled(index)).map(({ id }) => id);
      // Looks that are due anyway would find it before the census does.
      await waitUntil(
        'no look is due for them',
        async () => {
          const rows = await Promise.all([taken, widened].map((id) => test.stores.users.read(toUserId(id))));
          return rows.every(({ state }) => state?.retry === null);
        },
        120_000,
      );
      const before = (await test.control.writeLog(0)).length;
      const assign = (id: string, body: object) => test.graph('POST', `/users/${id}/assignLicense`, body);
      // Together with another license: what looks just as before our write counts as a read that lags, for five minutes.
      const swap = { addLicenses: [{ skuId: visio, disabledPlans: [] }], removeLicenses: [ems] };
      expect((await assign(taken, swap)).status).toBe(200);
      await assign(widened, { addLicenses: [{ skuId: ems, disabledPlans: [] }], removeLicenses: [] });
      const { state: last } = await readCensus({ cursors: test.stores.cursors });
      await test.runFunction('census');

      const third = await waitUntil('the third census', async () => {
        const state = await walk(test);
        return state.id !== last?.id && state;
      });

      expect(third.counts).toMatchObject({ drifted: 2, looks: 2, unsettled: 0 });
      expect(third.drift.map(({ id }) => id).sort()).toEqual([taken, widened].sort());
      // Both have an outcome from before, so the census need not wait for the writes.
      const written = await waitUntil('both are written', async () => {
        const writes = (await test.control.writeLog(0)).slice(before + 2);
        return writes.length >= 2 && writes;
      });
      expect(written.map(({ userId }) => userId).sort()).toEqual([taken, widened].sort());
      for (const { add } of written) expect(add).toEqual([{ skuId: ems, disabledPlans: [intune] }]);
      await waitUntil('the story says why', async () => {
        const timeline = await test.stores.users.timeline(toUserId(taken));
        return JSON.stringify(timeline).includes('drift/assigned-again');
      });
    });
  });
}
