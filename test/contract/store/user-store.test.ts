import { TableClient } from '@azure/data-tables';
import { beforeAll, describe, expect, it } from '@jest/globals';
import { systemClock } from '../../../shared/kernel/clock';
import { ConcurrencyError, PermanentError } from '../../../shared/kernel/errors';
import { toServicePlanId, toSkuId } from '../../../shared/kernel/ids';
import { silentLogger } from '../../../shared/kernel/logger';
import { seededRandom } from '../../../shared/kernel/random';
import { makeTableStores } from '../../../shared/store/tables/table-stores';
import { leaseTables } from '../../support/clouds/lease-tables';
import type { LentTables } from '../../support/clouds/lease-tables';
import { ledgerEntry, userId, userState } from '../../support/user-states';
import { describeUserLists } from './user-lists';
import type { Exception } from '../../../shared/words/exception';
import type { TimelineEntry } from '../../../shared/words/timeline';
import type { UserStore } from '../../../shared/store/ports/user-store';

// EMS and SPE_E5, https://learn.microsoft.com/entra/identity/users/licensing-service-plan-reference
const ems = toSkuId('efccb6f7-5641-4e0e-bd10-b4976e1bf68e');
const speE5 = toSkuId('06ebc4ee-1bb5-47dd-8120-11324bc54e06');
const intune = toServicePlanId('c1ec4a95-1f05-45b3-a911-aa3fa01094f5');

let azurite: LentTables;
let users: UserStore;
beforeAll(async () => {
  azurite = await leaseTables();
  users = makeTableStores({
    ...azurite,
    clock: systemClock,
    random: seededRandom(1),
    logger: silentLogger,
    budgetMs: 2_000,
  }).users;
});

const entry = (version: number, step: TimelineEntry['step'], text = step as string): TimelineEntry => ({
  version,
  step,
  at: 1_000 + version,
  text,
  facts: { source: 'delta' },
});
const raw = () =>
  new TableClient(azurite.endpoint, 'users', azurite.credential, { allowInsecureConnection: true });

describe('TableUserStore', () => {
  it('knows nothing of a user it has not seen', async () => {
    const record = await users.read(userId(1));

    expect(record).toEqual({ userId: userId(1), etag: null, state: null, ledger: [], exception: null });
  });

  it('reads back what was committed, and answers the record as it is now', async () => {
    const before = await users.read(userId(2));
    const state = userState({
      version: 3,
      outcome: 'waiting',
      reasons: [
        { code: 'seats/exhausted', text: 'No seats', skuId: ems, servicePlanIds: [intune], rule: 'r' },
      ],
      skus: [
        { skuId: ems, outcome: 'waiting', reason: { code: 'due', text: 't' }, priority: 5, fallback: speE5 },
      ],
      intent: {
        at: 5,
        before: [],
        add: [{ skuId: ems, disabledPlans: [intune] }],
        remove: [speE5],
        usageLocation: 'NL',
        ledger: [ledgerEntry(ems)],
        policyHash: ledgerEntry(ems).policyHash,
      },
      lastWrite: { at: 6, before: [], after: [{ skuId: ems, disabledPlans: [] }], usageLocation: null },
      retry: { token: 't1', key: 'k1', attempts: 2, at: 7, why: { code: 'due', text: 't' } },
    });

    const after = await users.commit(before, { state, ledger: [ledgerEntry(ems), ledgerEntry(speE5)] });

    const read = await users.read(userId(2));
    expect(read).toEqual({ ...after, ledger: expect.arrayContaining([...after.ledger]) });
    expect(read.state).toEqual(state);
    expect(read.ledger).toHaveLength(2);
  });

  it('deletes ledger entries that are missing, and keeps the ledger when none is given', async () => {
    const first = await users.commit(await users.read(userId(3)), {
      state: userState(),
      ledger: [ledgerEntry(ems), ledgerEntry(speE5)],
    });

    const second = await users.commit(first, { state: userState({ version: 1 }) });
    const keptAll = (await users.read(userId(3))).ledger;
    await users.commit(second, { state: userState({ version: 2 }), ledger: [ledgerEntry(speE5)] });

    expect(keptAll).toHaveLength(2);
    expect((await users.read(userId(3))).ledger).toEqual([ledgerEntry(speE5)]);
  });

  it('lets one of two first writers win', async () => {
    const record = await users.read(userId(4));

    const results = await Promise.allSettled([
      users.commit(record, { state: userState({ outcome: 'licensed' }) }),
      users.commit(record, { state: userState({ outcome: 'blocked' }) }),
    ]);

    expect(results.map((result) => result.status).sort()).toEqual(['fulfilled', 'rejected']);
    expect(results.find((result) => result.status === 'rejected')?.reason).toBeInstanceOf(ConcurrencyError);
  });

  it('changes nothing at all when the state row has changed meanwhile', async () => {
    const stale = await users.commit(await users.read(userId(5)), {
      state: userState(),
      ledger: [ledgerEntry(ems)],
    });
    await users.commit(stale, { state: userState({ version: 1 }) });

    const late = users.commit(stale, {
      state: userState({ version: 9 }),
      ledger: [ledgerEntry(speE5)],
      timeline: [entry(9, 'written')],
    });

    await expect(late).rejects.toBeInstanceOf(ConcurrencyError);
    const now = await users.read(userId(5));
    expect(now.state?.version).toBe(1);
    expect(now.ledger).toEqual([ledgerEntry(ems)]);
    expect(await users.timeline(userId(5))).toEqual([]);
  });

  it('lets exactly one of many writers through each time', async () => {
    await users.commit(await users.read(userId(6)), { state: userState() });
    const increment = async () => {
      for (;;) {
        const record = await users.read(userId(6));
        const version = (record.state?.version ?? 0) + 1;
        try {
          await users.commit(record, {
            state: userState({ version }),
            timeline: [entry(version, 'written')],
          });
          return;
        } catch (error) {
          if (!(error instanceof ConcurrencyError)) throw error;
        }
      }
    };

    await Promise.all(Array.from({ length: 8 }, increment));

    expect((await users.read(userId(6))).state?.version).toBe(8);
    expect((await users.timeline(userId(6))).map((each) => each.version)).toEqual([1, 2, 3, 4, 5, 6, 7, 8]);
  });

  it('takes a timeline row that exists for recorded, and records the others', async () => {
    const first = await users.commit(await users.read(userId(7)), {
      state: userState(),
      timeline: [entry(0, 'seen', 'first words')],
    });

    const second = await users.commit(first, {
      state: userState({ version: 1 }),
      timeline: [entry(0, 'seen', 'other words'), entry(0, 'decided'), entry(1, 'intended')],
    });
    await users.commit(second, { state: userState({ version: 2 }), timeline: [entry(1, 'intended')] });

    expect((await users.timeline(userId(7))).map((each) => each.text)).toEqual([
      'first words',
      'decided',
      'intended',
    ]);
    expect((await users.read(userId(7))).state?.version).toBe(2);
  });

  it('tells the timeline oldest first, versions by number and steps in their order', async () => {
    const steps = [entry(10, 'verified'), entry(10, 'written'), entry(9, 'decided'), entry(100, 'seen')];

    await users.commit(await users.read(userId(8)), { state: userState(), timeline: steps });

    expect((await users.timeline(userId(8))).map((each) => `${each.version} ${each.step}`)).toEqual([
      '9 decided',
      '10 written',
      '10 verified',
      '100 seen',
    ]);
  });

  it('keeps states of more than 64 KiB', async () => {
    const text = 'é😀"'.repeat(15_000);
    const state = userState({ reasons: [{ code: 'due', text }] });

    await users.commit(await users.read(userId(9)), { state });

    const read = (await users.read(userId(9))).state?.reasons[0]?.text;
    expect(read === text).toBe(true);
  });

  it('refuses a state that no row can hold', async () => {
    const state = userState({ reasons: [{ code: 'due', text: 'x'.repeat(600_000) }] });

    const refused = users.commit(await users.read(userId(10)), { state });

    await expect(refused).rejects.toMatchObject({ code: 'store/value-too-large' });
  });

  it('refuses a change of more than 100 operations', async () => {
    const timeline = Array.from({ length: 100 }, (_, version) => entry(version, 'written'));

    const refused = users.commit(await users.read(userId(11)), { state: userState(), timeline });

    await expect(refused).rejects.toMatchObject({ code: 'store/transaction-too-large' });
    expect((await users.read(userId(11))).state).toBeNull();
  });

  it('reads a pin', async () => {
    const pin: Exception = {
      skus: [{ skuId: ems, disabledPlans: null }],
      until: null,
      why: 'leave of absence',
      by: 'ops@contoso.com',
      at: 1,
    };
    await raw().upsertEntity({ partitionKey: userId(12), rowKey: 'pin', json: JSON.stringify(pin) });

    const record = await users.read(userId(12));

    expect(record.exception).toEqual(pin);
    expect(record.etag).toBeNull();
  });

  it('writes, lists and lifts every kind of exception, and what a pin granted', async () => {
    const origin = { until: 5, why: 'a project', by: 'ops@contoso.com', at: 2 };
    const pin: Exception = {
      ...origin,
      skus: [
        { skuId: ems, disabledPlans: null },
        { skuId: speE5, disabledPlans: [intune], extra: origin },
      ],
      frozen: { ...origin, until: null },
    };
    const ledger = [{ ...ledgerEntry(speE5), byPin: true as const }];

    const written = await users.commit(await users.read(userId(14)), {
      state: userState(),
      exception: pin,
      ledger,
    });
    const found = await users.read(userId(14));
    const listed = new Map<string, Exception>();
    for await (const one of users.exceptions()) listed.set(one.userId, one.exception);
    await users.commit(written, { state: userState(), exception: null });

    expect(found).toMatchObject({ exception: pin, ledger });
    expect(listed.get(userId(14))).toEqual(pin);
    expect((await users.read(userId(14))).exception).toBeNull();
  });

  it('refuses a row that does not hold a state, naming it', async () => {
    await raw().upsertEntity({ partitionKey: userId(13), rowKey: 'state', json: '{"version":"1"}' });

    const refused = users.read(userId(13));

    await expect(refused).rejects.toBeInstanceOf(PermanentError);
    await expect(refused).rejects.toThrow(`users ${userId(13)} state`);
    await expect(refused).rejects.toMatchObject({ code: 'store/unreadable-user' });
    await raw().deleteEntity(userId(13), 'state');
  });

  describeUserLists({ users: () => users, raw });
});
