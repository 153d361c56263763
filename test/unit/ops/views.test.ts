import { describe, expect, it } from '@jest/globals';
import { toSkuId, toUserId } from '../../../shared/kernel/ids';
import { explainSku } from '../../../shared/ops/skus/explain-sku';
import { queueForDeciding } from '../../../shared/ops/users/queue-for-deciding';
import { whatIsNext } from '../../../shared/ops/users/what-is-next';
import type { Services } from '../../../shared/pipeline/services';
import { newUserState } from '../../../shared/pipeline/row/user-state';
import { parseIsoDuration } from '../../../shared/kernel/iso-duration';
import type { Hint } from '../../../shared/queue/messages';
import type { AuditEntry } from '../../../shared/words/audit-entry';
import type { SubscribedSku } from '../../../shared/words/sku';

const sku: SubscribedSku = {
  skuId: toSkuId('efccb6f7-5641-4e0e-bd10-b4976e1bf68e'),
  skuPartNumber: 'EMS',
  appliesTo: 'User',
  capabilityStatus: 'Enabled',
  enabledUnits: 10,
  consumedUnits: 3,
  servicePlans: [],
};

describe('explainSku', () => {
  it('has nothing to say of a SKU with free seats', () => {
    expect(explainSku(sku)).toEqual({ assignable: true, note: null });
  });

  it.each([
    [{ appliesTo: 'Company' }, false, 'organization as a whole'],
    [{ capabilityStatus: 'Suspended' }, false, 'suspended'],
    [{ capabilityStatus: 'Deleted' }, false, 'deleted'],
    [{ capabilityStatus: 'LockedOut' }, false, 'canceled'],
    [{ capabilityStatus: 'Strange' }, false, 'Strange'],
    [{ capabilityStatus: 'Warning' }, true, 'grace period'],
    [{ enabledUnits: 0, consumedUnits: 0 }, true, 'no seats'],
    [{ consumedUnits: 12 }, true, 'Every seat is taken'],
  ] as const)('%j', (change, assignable, text) => {
    expect(explainSku({ ...sku, ...change })).toEqual({ assignable, note: expect.stringContaining(text) });
  });
});

describe('whatIsNext', () => {
  const seen = newUserState(0);
  const retry = {
    token: 't',
    key: 'waiting',
    attempts: 2,
    at: 60_000,
    why: { code: 'due' as const, text: 'No seat.' },
  };

  it.each([
    [null, { at: null, attempts: 0, text: expect.stringContaining('Not looked at yet') }],
    [seen, { at: null, attempts: 0, text: expect.stringContaining('waits for its turn') }],
    [
      { ...seen, outcome: 'waiting', retry },
      { at: '1970-01-01T00:01:00.000Z', attempts: 2, text: 'Look again. No seat.' },
    ],
    [{ ...seen, outcome: 'licensed' }, null],
  ])('%#', (state, next) => {
    expect(whatIsNext(state)).toEqual(next);
  });
});

describe('queueForDeciding', () => {
  const idOf = (number: number) => toUserId(`00000000-0000-4000-8000-${String(number).padStart(12, '0')}`);
  const setUp = (known: ReadonlyMap<string, number>, members: readonly number[] = []) => {
    const sent: Hint[] = [];
    const audit: AuditEntry[] = [];
    const pipeline = {
      clock: { now: () => 0, sleep: async () => undefined },
      audit: { record: async (entry: AuditEntry) => void audit.push(entry) },
      queues: { sendHints: async (hints: readonly Hint[]) => void sent.push(...hints) },
      directory: {
        findUser: async (reference: string) => {
          const number = known.get(reference);
          return number === undefined ? undefined : { user: { id: idOf(number) } };
        },
        async *groupMembers() {
          yield members.map(idOf);
          yield members.slice(0, 1).map(idOf);
        },
      },
    } as unknown as Services;
    return { sent, audit, pipeline };
  };

  it('queues each user once, and tells who is unknown', async () => {
    const { sent, pipeline } = setUp(
      new Map([
        ['a@x', 1],
        ['A@x', 1],
        ['b@x', 2],
      ]),
    );

    const queued = await queueForDeciding(
      pipeline,
      {
        kind: 'users',
        users: ['a@x', 'A@x', 'c@x', 'b@x', 'b@x'],
      },
      { by: 'ann', why: null },
    );

    expect(queued).toEqual({ queued: 2, users: [idOf(1), idOf(2)], unknown: ['c@x'], crowd: false });
    expect(sent.map(({ user, source, kind, crowd }) => [user.id, source, kind, crowd])).toEqual([
      [idOf(1), 'operator', 'look', undefined],
      [idOf(2), 'operator', 'look', undefined],
    ]);
  });

  it.each([
    [50, false],
    [51, true],
  ])('%d members of a group: a crowd is %s', async (size, crowd) => {
    const { sent, audit, pipeline } = setUp(
      new Map(),
      Array.from({ length: size }, (_, index) => index),
    );

    const queued = await queueForDeciding(
      pipeline,
      { kind: 'group', group: 'SG' },
      { by: 'ann', why: 'new team' },
    );

    expect(queued).toMatchObject({ queued: size, unknown: [], crowd });
    expect(sent.every((hint) => (hint.crowd === true) === crowd)).toBe(true);
    expect(audit).toMatchObject([
      { action: 'user/apply', subject: 'group SG', by: 'ann', why: 'new team', facts: { queued: size } },
    ]);
  });
});

describe('parseIsoDuration', () => {
  it.each([
    ['PT30S', 30_000],
    ['PT1M', 60_000],
    ['PT1H', 3_600_000],
    ['P14DT0.5S', 1_209_600_500],
  ])('%s', (text, ms) => {
    expect(parseIsoDuration(text)).toBe(ms);
  });

  it.each(['', '1M', 'P1Y', 'PTxS'])('%j is refused', (text) => {
    expect(() => parseIsoDuration(text)).toThrow('is no duration');
  });
});
