import { describe, expect, it } from '@jest/globals';
import type { UserId } from '../../../../shared/kernel/ids';
import { UserPreviewer, keepLines } from '../../../../shared/licensing/preview/preview-users';
import { stateDigest } from '../../../../shared/licensing/state-digest';
import type { Situation, SkuName } from '../support/tenant';
import {
  aGrant,
  aPolicy,
  aRule,
  anInput,
  day,
  department,
  direct,
  now,
  ours,
  sku,
  tenantWith,
} from '../support/tenant';

const policy = aPolicy({
  exclusive: [['SPE_E5', 'SPE_E3']],
  rules: [
    aRule('bosses', { when: department('Board'), assign: [aGrant('SPE_E5', { priority: 9 })] }),
    aRule('sales', { when: department('Sales'), assign: [aGrant('SPE_E5', { fallback: ['SPE_E3'] })] }),
    aRule('chiefs', {
      when: department('Chiefs'),
      assign: [aGrant('SPE_E5', { priority: 5, fallback: ['SPE_E3'] })],
    }),
    aRule('both', {
      when: department('Both'),
      assign: [aGrant('SPE_E5'), aGrant('PROJECTPROFESSIONAL')],
    }),
    aRule('fitters', { when: department('Fitters'), assign: [aGrant('SPE_E3')] }),
    aRule('project', { when: department('Project'), assign: [aGrant('PROJECTPROFESSIONAL')] }),
  ],
});
const userId = (letter: string) => `0a6f6f4e-0000-4000-8000-00000000000${letter}` as UserId;

type Person = Situation & { readonly id: string; readonly in?: string; readonly since?: number };
type Seats = Partial<Record<SkuName, number>>;

function planOf(seats: Seats, people: readonly Person[]) {
  const catalogue = tenantWith(
    Object.fromEntries(Object.entries(seats).map(([name, enabledUnits]) => [name, { enabledUnits }])),
  );
  const kept = keepLines();
  const digests = new Map<UserId, string>();
  const previewer = new UserPreviewer(policy, catalogue, {
    line: kept.line,
    user: (id, digest) => digests.set(id, digest),
  });
  for (const { id, in: team = 'Sales', since = 0, ...situation } of people) {
    const properties = { accountEnabled: true, department: team, country: 'NL' };
    const input = anInput({ policy, catalogue, properties, ...situation });
    const user = { id: userId(id), userPrincipalName: id };
    previewer.add({ user, input: { ...input, user: { ...input.user, id: user.id } }, since });
  }
  const plan = kept.whole(previewer.finish());
  const gains = Object.fromEntries(
    plan.lines.map((line) => [
      line.user.userPrincipalName,
      line.gains.map((id) => catalogue.skuById(id)?.skuPartNumber),
    ]),
  );
  const waits = plan.lines
    .filter((line) => line.outcome === 'waiting')
    .map((line) => line.user.userPrincipalName);
  return { plan, digests, gains, waits };
}

describe('planning users together', () => {
  it('says which usage location a user gets first, and none where there is one', () => {
    const { plan } = planOf({ SPE_E3: 2 }, [
      { id: 'a', in: 'Fitters', usageLocation: null },
      { id: 'b', in: 'Fitters', usageLocation: 'DE' },
    ]);

    expect(plan.lines.map(({ usageLocation }) => usageLocation)).toEqual(['NL', null]);
  });

  it.each<[string, Seats, Person[], Record<string, string[]>, string[]]>([
    [
      'seats for all go to all',
      {},
      [{ id: 'a' }, { id: 'b', in: 'Board' }],
      { a: ['SPE_E5'], b: ['SPE_E5'] },
      [],
    ],
    [
      'scarce seats go by priority, the others get the fallback and wait',
      { SPE_E5: 1 },
      [{ id: 'a' }, { id: 'b', in: 'Board' }],
      { a: ['SPE_E3'], b: ['SPE_E5'] },
      ['a'],
    ],
    [
      'among equals the user who waits longer is served',
      { SPE_E5: 1 },
      [
        { id: 'a', since: 5 },
        { id: 'b', since: 4 },
      ],
      { a: ['SPE_E3'], b: ['SPE_E5'] },
      ['a'],
    ],
    [
      'a seat that another user gives up is given out at once',
      { SPE_E5: 0 },
      [
        {
          id: 'a',
          in: 'Nowhere',
          direct: [direct('SPE_E5')],
          ledger: [ours('SPE_E5', { notEntitledSince: now - 40 * day })],
        },
        { id: 'b', in: 'Board' },
      ],
      { a: [], b: ['SPE_E5'] },
      [],
    ],
    [
      'a seat that an upgrade leaves is given out too',
      { SPE_E5: 1, SPE_E3: 0 },
      [
        { id: 'a', in: 'Board', direct: [direct('SPE_E3')], ledger: [ours('SPE_E3')] },
        { id: 'b', in: 'Fitters' },
        { id: 'c', in: 'Fitters' },
      ],
      { a: ['SPE_E5'], b: ['SPE_E3'], c: [] },
      ['c'],
    ],
    [
      'a fallback takes no seat that was asked for by name',
      { SPE_E5: 1, SPE_E3: 1 },
      [{ id: 'a' }, { id: 'b', in: 'Board' }, { id: 'c', in: 'Fitters' }],
      { a: [], b: ['SPE_E5'], c: ['SPE_E3'] },
      ['a'],
    ],
    [
      'one SKU that has run out harms no other',
      { PROJECTPROFESSIONAL: 0 },
      [{ id: 'a' }, { id: 'b', in: 'Project' }],
      { a: ['SPE_E5'], b: [] },
      ['b'],
    ],
    [
      'of two SKUs of one user the one that has run out waits, and the other is given',
      { PROJECTPROFESSIONAL: 0 },
      [{ id: 'a', in: 'Both' }],
      { a: ['SPE_E5'] },
      ['a'],
    ],
    [
      'the last seat of a fallback goes by priority',
      { SPE_E5: 0, SPE_E3: 1 },
      [
        { id: 'a', since: 4 },
        { id: 'b', in: 'Chiefs', since: 5 },
      ],
      { a: [], b: ['SPE_E3'] },
      ['a', 'b'],
    ],
    [
      'the last seat of a fallback goes by waiting time among equals',
      { SPE_E5: 0, SPE_E3: 1 },
      [
        { id: 'a', since: 5 },
        { id: 'b', since: 4 },
      ],
      { a: [], b: ['SPE_E3'] },
      ['a', 'b'],
    ],
    [
      'the last seat of a fallback goes by id where nothing else tells two apart',
      { SPE_E5: 0, SPE_E3: 1 },
      [{ id: 'a' }, { id: 'b' }],
      { a: ['SPE_E3'], b: [] },
      ['a', 'b'],
    ],
  ])('%s', (_, seats, people, gains, waits) => {
    // Seats by the book: those that people hold are consumed already.
    const planned = planOf(seats, people);
    const backwards = planOf(seats, [...people].reverse());

    expect(planned.gains).toEqual(gains);
    expect(planned.waits).toEqual(waits);
    expect(backwards.plan).toEqual(planned.plan);
  });

  it('gives the digests that looks at the same users find, with the seats of the tenant', () => {
    const person: Person = { id: 'a', seats: { SPE_E5: 0 } };
    const { digests } = planOf({ SPE_E5: 5 }, [person]);

    const catalogue = tenantWith({ SPE_E5: { enabledUnits: 5 } });
    const properties = { accountEnabled: true, department: 'Sales', country: 'NL' };
    const input = anInput({ policy, catalogue, properties, seats: { SPE_E5: 0 } });
    const look = stateDigest({ ...input, user: { ...input.user, id: userId('a') } });
    expect([...digests]).toEqual([[userId('a'), look]]);
  });

  it('gives a line as soon as it is known, and keeps it only for who asks for a seat', () => {
    const lines: (string | null)[] = [];
    const previewer = new UserPreviewer(policy, tenantWith({}), {
      line: ({ user }) => void lines.push(user.userPrincipalName),
    });
    const add = (id: string, department: string, held: Situation = {}) => {
      const properties = { accountEnabled: true, department, country: 'NL' };
      const input = anInput({ policy, properties, ...held });
      const user = { id: userId(id), userPrincipalName: id };
      previewer.add({ user, input: { ...input, user: { ...input.user, id: user.id } }, since: 0 });
    };
    add('a', 'Sales');
    add('b', 'HR', { direct: [direct('EMS')], ledger: [ours('EMS', { notEntitledSince: now - 40 * day })] });
    const before = [...lines];
    const { users, outcomes } = previewer.finish();

    expect(before).toEqual(['b']);
    expect(lines).toEqual(['b', 'a']);
    expect([users, outcomes.licensed, outcomes.nothing]).toEqual([2, 1, 1]);
  });

  it('forecasts seats and who waits for which', () => {
    const { plan } = planOf(
      { SPE_E5: 2 },
      ['a', 'b', 'c'].map((id) => ({ id })),
    );

    const seats = plan.seats.map((one) => [one.skuId, one.consumedAfter - one.consumedBefore, one.waiting]);
    expect(seats).toEqual([
      [sku('SPE_E3'), 1, 0],
      [sku('SPE_E5'), 2, 1],
    ]);
  });
});
