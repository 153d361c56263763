import { describe, expect, it } from '@jest/globals';
import { toServicePlanId, toSkuId } from '../../../shared/kernel/ids';
import { makeCatalogue } from '../../../shared/licensing/catalogue/catalogue';
import { indexOfCatalogue } from '../../../shared/licensing/catalogue/catalogue-index';
import { loadPolicy } from '../../../shared/policy/file/load-policy';
import { readMembershipRule } from '../../../shared/policy/rule/membership-rule';
import { draftPolicy } from '../../../shared/tenant/draft/draft-policy';
import { draftAttributes } from '../../../shared/tenant/draft/draft-input';
import type { DraftGroup, DraftInput, DraftUser } from '../../../shared/tenant/draft/draft-input';
import { findFamilies } from '../../../shared/tenant/draft/find-families';
import { ruleOf, usersByValue } from '../../../shared/tenant/draft/users-by-value';
import type { SubscribedSku } from '../../../shared/words/sku';
import { toGroupId } from '../../../shared/kernel/ids';
import { userId } from '../../support/user-states';

const planId = (number: number) =>
  toServicePlanId(`30000000-0000-4000-8000-${String(number).padStart(12, '0')}`);
const skuId = (number: number) => toSkuId(`40000000-0000-4000-8000-${String(number).padStart(12, '0')}`);
const group1 = toGroupId('50000000-0000-4000-8000-000000000001');

/** A SKU whose plans are those numbers, P1 and so on. */
const sku = (number: number, skuPartNumber: string, plans: readonly number[]): SubscribedSku => ({
  skuId: skuId(number),
  skuPartNumber,
  appliesTo: 'User',
  capabilityStatus: 'Enabled',
  enabledUnits: 1_000,
  consumedUnits: 0,
  servicePlans: plans.map((plan) => ({
    servicePlanId: planId(plan),
    servicePlanName: `P${String(plan)}`,
    appliesTo: 'User',
    provisioningStatus: 'Success',
  })),
});
const skus = [sku(1, 'LARGE', [1, 2, 3, 4]), sku(2, 'SMALL', [1, 2, 3]), sku(3, 'OTHER', [8, 9])];

const user = (
  number: number,
  properties: Readonly<Record<string, unknown>>,
  held: readonly {
    readonly of: number;
    readonly off?: readonly number[];
    readonly group?: typeof group1;
  }[] = [],
): DraftUser => ({
  id: userId(number),
  name: `user${String(number)}@contoso.com`,
  isInScope: true,
  usageLocation: 'NL',
  properties: { userType: 'Member', accountEnabled: true, ...properties },
  assignments: held.map(({ of, off = [], group = null }) => ({
    skuId: skuId(of),
    disabledPlans: off.map(planId),
    assignedByGroup: group,
    state: 'Active',
    error: null,
  })),
});
const crowd = (
  count: number,
  from: number,
  properties: Readonly<Record<string, unknown>>,
  held: Parameters<typeof user>[2] = [],
) => Array.from({ length: count }, (_, index) => user(from + index, properties, held));

const draft = (users: readonly DraftUser[], changes: Partial<DraftInput> = {}) =>
  draftPolicy({ skus, users, groups: [], confidence: 0.97, support: 5, ...changes }, 0);
/** Rules as [condition, [[SKU, plans off]]]. */
const rulesOf = (text: string | undefined) => {
  const { policy, problems } = loadPolicy(text ?? '');
  expect(problems.filter(({ severity }) => severity === 'error')).toEqual([]);
  return policy?.rules.map(({ when, memberOf, assign }) => [
    (when as { source?: string } | null)?.source ?? memberOf,
    assign.map(({ sku: name, plans }) => [name, plans.kind === 'disable' ? plans.plans : []]),
  ]);
};

describe('conditions', () => {
  it.each(draftAttributes)('by %s are rules that match the users who have the value', (attribute) => {
    const users = [...crowd(6, 1, { [attribute]: 'Here' }), ...crowd(6, 20, { [attribute]: "L'Haÿ" })];
    for (const values of [['HERE'], ['Here', "L'Haÿ"]]) {
      const reading = readMembershipRule(ruleOf(attribute, values));
      expect(reading.valid).toBe(true);
      const matches = users.filter(
        ({ properties }) =>
          reading.valid && reading.rule.evaluate(properties, { now: 0, absent: 'undecided' }) === true,
      );
      expect(matches).toHaveLength(6 * values.length);
    }
    const text = draft([
      ...crowd(6, 1, { [attribute]: 'Here' }, [{ of: 3 }]),
      ...crowd(6, 20, { [attribute]: 'There' }),
    ]);
    expect(rulesOf(text)).toEqual([[ruleOf(attribute, ['Here']), [['OTHER', []]]]]);
  });

  it('leave out values that a rule cannot quote, and take letter case for nothing', () => {
    const users = ['Sales', 'SALES', 'a"b', 'a\\b', ' ', null].map((department, index) =>
      user(index, { department }),
    );

    expect(usersByValue(users, 'department').map(({ value, users: found }) => [value, found.length])).toEqual(
      [['Sales', 2]],
    );
  });

  it('are for enough users, of whom nearly all have the license', () => {
    const holders = (have: number, all: number) => [
      ...crowd(have, 1, { department: 'Sales' }, [{ of: 3 }]),
      ...crowd(all - have, 500, { department: 'Sales' }),
      ...crowd(50, 900, { department: 'HR' }),
    ];

    expect(rulesOf(draft(holders(97, 100)))).toHaveLength(1);
    expect(draft(holders(96, 100))).toBeUndefined();
    expect(rulesOf(draft(holders(96, 100), { confidence: 0.96 }))).toHaveLength(1);
    expect(draft(holders(4, 4))).toBeUndefined();
    expect(rulesOf(draft(holders(5, 5)))).toHaveLength(1);
  });

  it('take two attributes where one is not enough, and everybody where all have it', () => {
    const sites = ['NL', 'FR'].flatMap((country, at) =>
      ['Sales', 'HR'].flatMap((department, other) =>
        crowd(
          6,
          100 * (2 * at + other) + 1,
          { country, department },
          country === 'NL' && department === 'HR' ? [{ of: 3 }] : [],
        ),
      ),
    );

    expect(rulesOf(draft(sites))).toEqual([
      ['(user.department -eq "HR" -and user.country -eq "NL")', [['OTHER', []]]],
    ]);
    expect(rulesOf(draft(crowd(6, 1, {}, [{ of: 3 }])))).toEqual([[[], [['OTHER', []]]]]);
  });

  it('of one value that has plans off stand apart, and one condition gives several SKUs', () => {
    const users = [
      ...crowd(6, 1, { department: 'Sales' }, [{ of: 2, off: [1] }, { of: 3 }]),
      ...crowd(6, 20, { department: 'HR' }, [{ of: 2 }, { of: 3 }]),
      ...crowd(6, 40, { department: 'IT' }),
    ];

    expect(rulesOf(draft(users))).toEqual([
      ['user.department -in ["HR", "Sales"]', [['OTHER', []]]],
      ['user.department -eq "HR"', [['SMALL', []]]],
      ['user.department -eq "Sales"', [['SMALL', ['P1']]]],
    ]);
  });

  it.each([
    ['one attribute', {}],
    ['two attributes', { country: 'NL' }],
  ])('of %s that are too many for one rule make several', (_name, more) => {
    const users = Array.from({ length: 300 }, (_, index) => {
      const department = `Department number ${String(index)}`;
      const elsewhere = 'country' in more ? { department, country: 'FR' } : {};
      return [
        ...crowd(2, 10 * index + 1, { department, ...more }, [{ of: 3 }]),
        ...crowd(2, 10 * index + 5, elsewhere),
        ...crowd(1, 10 * index + 8, more),
      ];
    }).flat();
    const text = draft(users, { support: 2 });
    const conditions = (loadPolicy(text ?? '').policy?.rules ?? []).map(({ when }) => when);

    expect(rulesOf(text)?.length).toBeGreaterThan(2);
    const matches = users.filter(({ properties }) =>
      conditions.some((when) => when?.evaluate(properties, { now: 0, absent: 'undecided' }) === true),
    );
    expect(matches).toEqual(users.filter(({ assignments }) => assignments.length > 0));
  });

  it('switch off a plan that nearly all have off, and no other', () => {
    const sales = (off: number) =>
      draft([
        ...crowd(off, 1, { department: 'Sales' }, [{ of: 3, off: [8] }]),
        ...crowd(100 - off, 500, { department: 'Sales' }, [{ of: 3 }]),
        ...crowd(50, 900, { department: 'HR' }),
      ]);

    expect(rulesOf(sales(98))).toEqual([['user.department -eq "Sales"', [['OTHER', ['P8']]]]]);
    expect(rulesOf(sales(97))).toEqual([['user.department -eq "Sales"', [['OTHER', []]]]]);
  });

  it('count who holds a better edition as having the license', () => {
    const users = [
      ...crowd(6, 1, { department: 'Sales' }, [{ of: 2 }]),
      ...crowd(4, 20, { department: 'Sales' }, [{ of: 1 }]),
      ...crowd(6, 40, { department: 'IT' }),
    ];
    const text = draft(users);

    expect(rulesOf(text)).toEqual([['user.department -eq "Sales"', [['SMALL', []]]]]);
    expect(loadPolicy(text ?? '').policy?.exclusive).toEqual([['LARGE', 'SMALL']]);
    expect(loadPolicy(text ?? '').policy?.adopt).toEqual(['SMALL']);
    expect(text).toMatch(/^# LARGE: user20@contoso\.com/m);
  });
});

describe('families', () => {
  const index = indexOfCatalogue(makeCatalogue(skus));
  const [large, small, other] = [1, 2, 3].map(skuId) as [
    ReturnType<typeof skuId>,
    ReturnType<typeof skuId>,
    ReturnType<typeof skuId>,
  ];

  it('are editions that no user holds together', () => {
    expect(findFamilies([[small], [large], [other]], index)).toEqual([[large, small]]);
    expect(findFamilies([[small], [large, small]], index)).toEqual([]);
    expect(findFamilies([[large], [other]], index)).toEqual([]);
  });
});

describe('groups', () => {
  const held = [{ of: 3, off: [9], group: group1 }];
  const group = (members: readonly DraftUser[], changes: Partial<DraftGroup> = {}): DraftGroup => ({
    id: group1,
    displayName: 'LIC: #1\nmode: enforce',
    membershipRule: null,
    reference: 'LIC one',
    members: new Set(members.map(({ id }) => id)),
    ...changes,
  });
  const inIt = crowd(6, 1, { department: 'Sales' }, held);
  const outside = crowd(6, 40, { department: 'IT' });

  it('give what their members have of them', () => {
    const text = draft([...inIt, ...outside], { groups: [group(inIt)] });

    expect(rulesOf(text)).toEqual([[['LIC one'], [['OTHER', ['P9']]]]]);
    expect(loadPolicy(text ?? '').policy).toMatchObject({ mode: 'observe', adopt: [] });
  });

  it('ask for direct members where those of inner groups have nothing', () => {
    const text = draft([...inIt, ...outside], { groups: [group([...inIt, ...outside])] });

    expect(rulesOf(text)).toEqual([
      [`user.memberOf -any (group.objectId -in ["${group1}"])`, [['OTHER', ['P9']]]],
    ]);
  });

  it.each([
    ['with other plans', 3, [{ of: 3 }, ...held]],
    ['of a lower edition', 2, [{ of: 2 }]],
  ])('leave a direct license %s to its user, although a rule explains those of others', (_what, of, mine) => {
    const large = [{ of: of === 3 ? 3 : 1, off: of === 3 ? [9] : [], group: group1 }];
    const members = [...crowd(60, 100, { department: 'IT' }, large), user(200, { department: 'IT' }, mine)];
    const sales = [
      ...crowd(6, 1, { department: 'Sales' }, [{ of }]),
      ...crowd(20, 300, { department: 'HR' }),
    ];
    const withOne = draft([...sales, ...members], { groups: [group(members)] });
    const without = draft([...sales, ...members.slice(0, -1)], { groups: [group(members.slice(0, -1))] });
    const name = of === 3 ? 'OTHER' : 'SMALL';

    expect(rulesOf(withOne)).toContainEqual(['user.department -eq "Sales"', [[name, []]]]);
    expect(loadPolicy(withOne ?? '').policy?.adopt).toEqual([]);
    expect(withOne).toContain(`# ${name}: user200@contoso.com`);
    expect(loadPolicy(without ?? '').policy?.adopt).toEqual([name]);
  });

  it('stand in the file with every character of their names and rules, and none of it can act on a terminal', () => {
    const membershipRule = 'user.department -eq "Sales" -and\r\n\n  user.accountEnabled -eq true\n\t';
    const reference = "L'\u001b[31mIC\u009b\u2028\u202e\ufeff\u{e0041}\ud800\n- x";
    const other = toGroupId('50000000-0000-4000-8000-000000000002');
    const inOther = crowd(6, 60, { department: 'IT' }, [{ of: 2, group: other }]);
    const text = draft([...inIt, ...outside, ...inOther], {
      groups: [
        group(inIt, { membershipRule }),
        group(inOther, { id: other, displayName: reference, reference }),
      ],
    });

    expect(rulesOf(text)).toEqual([
      [membershipRule, [['OTHER', ['P9']]]],
      [[reference], [['SMALL', []]]],
    ]);
    expect(text?.replaceAll('\n', '')).not.toMatch(/[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/u);
  });

  it.each([
    ['user.department -eq "Sales"', 'user.department -eq "Sales"'],
    // Matches others too, none of them, or is no rule.
    ['user.accountEnabled -eq true', ['LIC one']],
    ['user.department -eq "Nowhere"', ['LIC one']],
    ['device.x -eq 1', ['LIC one']],
  ])('that are dynamic give their rule where it says the same: %s', (membershipRule, wanted) => {
    const text = draft([...inIt, ...outside], { groups: [group(inIt, { membershipRule })] });

    expect(rulesOf(text)).toEqual([[wanted, [['OTHER', ['P9']]]]]);
  });
});
