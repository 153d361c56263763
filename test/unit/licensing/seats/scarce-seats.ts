import { expect } from '@jest/globals';
import fc from 'fast-check';
import { aGrant, aPolicy, aRule, property, sku, type SkuName } from '../support/tenant';
import { makeScarceTenant } from '../support/scarce-tenant';

const scarceNames = ['SPE_E5', 'PROJECTPROFESSIONAL'] as const;
type ScarceName = (typeof scarceNames)[number];

/** What a department is granted: per scarce SKU a priority, or nothing. */
const departments = ['0 -', '5 -', '9 -', '- 0', '- 9', '5 0', '0 9', '9 5'] as const;
const priorityOf = (department: string, name: ScarceName): number | null => {
  const text = department.split(' ')[scarceNames.indexOf(name)] ?? '-';
  return text === '-' ? null : Number(text);
};

const policy = aPolicy({
  scope: null,
  exclusive: [['SPE_E5', 'SPE_E3']],
  rules: departments.map((department) =>
    aRule(`rule ${department}`, {
      when: property('department', department),
      assign: scarceNames.flatMap((name) => {
        const priority = priorityOf(department, name);
        const fallback = name === 'SPE_E5' && priority !== 9 ? ['SPE_E3'] : [];
        return priority === null ? [] : [aGrant(name, { priority, fallback })];
      }),
    }),
  ),
});

/** What may happen once everybody is listed, in any order. */
const arbitraryStep = fc.oneof(
  fc.record({ kind: fc.constant('look' as const), user: fc.nat(5) }),
  fc.record({ kind: fc.constant('drain' as const) }),
  // The looks that follow from this drain's grants come late, when everything else has happened.
  fc.record({ kind: fc.constant('lateDrain' as const) }),
  fc.record({ kind: fc.constant('wait' as const), ms: fc.constantFrom(10, 1_000) }),
);
type Step =
  | { readonly kind: 'look'; readonly user: number }
  | { readonly kind: 'drain' }
  | { readonly kind: 'lateDrain' }
  | { readonly kind: 'wait'; readonly ms: number };

export type ScarceCase = {
  readonly people: readonly string[];
  readonly seats: Readonly<Record<ScarceName, number>>;
  readonly bought: readonly ScarceName[];
  /** Two ways in which the same may happen: who comes first, and what happens then. */
  readonly ways: readonly { readonly order: readonly number[]; readonly steps: readonly Step[] }[];
};

export const arbitraryScarceCase: fc.Arbitrary<ScarceCase> = fc
  .array(fc.constantFrom(...departments), { minLength: 2, maxLength: 6 })
  .chain((people) => {
    const everyone = people.map((_, index) => index);
    const way = fc.record({
      order: fc.shuffledSubarray(everyone, { minLength: people.length, maxLength: people.length }),
      steps: fc.array(arbitraryStep, { maxLength: 6 }),
    });
    return fc.record({
      people: fc.constant(people),
      seats: fc.record({ SPE_E5: fc.nat(3), PROJECTPROFESSIONAL: fc.nat(2) }),
      bought: fc.array(fc.constantFrom(...scarceNames), { maxLength: 2 }),
      ways: fc.tuple(way, way),
    });
  });

type Ending = {
  /** Of those who hold the SKU in the end: sorted priorities. */
  readonly served: Readonly<Record<ScarceName, readonly number[]>>;
  readonly waiting: Readonly<Record<ScarceName, number>>;
  readonly free: Readonly<Record<ScarceName, number>>;
};

/** Everybody is listed in this order, then the steps happen, seats are bought, and the drain runs to its end. */
export function runWay({ people, seats, bought, ways }: ScarceCase, way: number): Ending {
  const chosen = ways[way];
  if (chosen === undefined) throw new RangeError(`there is no way ${way}`);
  const world = makeScarceTenant(policy, people, seats);
  const serve = () => {
    const granted = world.drain();
    for (const user of granted) world.look(user);
    return granted.length > 0;
  };
  for (const user of chosen.order) {
    world.look(user);
    world.wait(10);
  }
  for (const step of chosen.steps) {
    if (step.kind === 'look') world.look(step.user % people.length);
    else if (step.kind === 'drain') serve();
    else if (step.kind === 'lateDrain') world.drain();
    else world.wait(step.ms);
  }
  for (const name of bought) world.buy(name);
  for (const user of world.granted()) world.look(user);
  while (serve());

  const ofEach = <Value>(value: (name: ScarceName) => Value) => ({
    SPE_E5: value('SPE_E5'),
    PROJECTPROFESSIONAL: value('PROJECTPROFESSIONAL'),
  });
  const holders = (name: SkuName) =>
    people.filter((_, index) => world.holdingOf(index).direct.some((one) => one.skuId === sku(name)));
  const seatsOf = (name: ScarceName) => seats[name] + bought.filter((one) => one === name).length;
  return {
    served: ofEach((name) =>
      holders(name)
        .map((department) => priorityOf(department, name) ?? -1)
        .sort((a, b) => b - a),
    ),
    waiting: ofEach((name) => world.waiting().filter((entry) => entry.skuId === sku(name)).length),
    free: ofEach((name) => seatsOf(name) - holders(name).length),
  };
}

/** Throws on a case in which it matters who came first, or in which seats are given out otherwise than by priority. */
export function checkOrderOfService(made: ScarceCase): Ending {
  const [one, other] = [runWay(made, 0), runWay(made, 1)];

  expect(other).toEqual(one);
  for (const name of scarceNames) {
    const asked = made.people
      .flatMap((department) => priorityOf(department, name) ?? [])
      .sort((a, b) => b - a);
    expect(one.served[name]).toEqual(asked.slice(0, one.served[name].length));
    expect(one.served[name].length + one.waiting[name]).toBe(asked.length);
    if (one.waiting[name] > 0) expect(one.free[name]).toBe(0);
  }
  return one;
}
