import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { SyncedUser } from '../../local/demo/control-api';
import { makeOutcomeReader } from '../../local/demo/outcomes';
import { readCensus } from '../../shared/pipeline/census/walk-census';
import type { CensusState } from '../../shared/pipeline/census/census-state';
import { never, startTestCloud } from '../support/local-cloud';
import type { TestCloud } from '../support/local-cloud';
import { waitUntil } from '../support/wait-until';

const ems = 'efccb6f7-5641-4e0e-bd10-b4976e1bf68e';
const intune = 'c1ec4a95-1f05-45b3-a911-aa3fa01094f5';
const departments = ['Sales', 'Finance', 'Legal'] as const;
const count = 300;

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

describe('users who were there before the app', () => {
  let test: TestCloud;
  let earlier: readonly SyncedUser[];
  let first: CensusState;

  beforeAll(async () => {
    test = await startTestCloud({
      follow: false,
      settings: {
        LICENSER_DELTA_SCHEDULE: never,
        LICENSER_CENSUS_WALK_SCHEDULE: never,
        LICENSER_FIRST_CENSUS: 'on',
      },
    });
    earlier = await test.bring(Array.from({ length: count }, (_, index) => person(index)));
    await test.runFunction('census-walk');
  }, 90_000);
  afterAll(() => test?.stop());

  it('are not counted before changes are followed, so that nobody falls between', async () => {
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
    expect(queues['license-changes']).toMatchObject({ sent: 0 });
    expect(queues['license-changes-bulk']?.deadLettered).toBe(0);
  }, 120_000);

  it('all have an outcome in the end, and nobody outside the scope got a row', async () => {
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
    const before = await requests(test);
    await test.runFunction('census');

    const second = await waitUntil('the second census', async () => {
      const state = await walk(test);
      return state.id !== first.id && state;
    });

    expect(second).toMatchObject({
      reason: 'nightly',
      counts: { users: first.counts.users, withoutOutcome: 0, looks: 0, drifted: 0, unsettled: 0 },
    });
    expect(await test.control.writeLog(0)).toEqual(writes);
    expect((await requests(test)) - before).toBeLessThan(20);
  }, 60_000);
});
