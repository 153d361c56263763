import { describe, expect, it } from '@jest/globals';
import type { PolicyHash } from '../../../../shared/kernel/ids';
import { decide } from '../../../../shared/licensing/decide';
import type { Policy } from '../../../../shared/policy/policy';
import { operationOf, outcomeOf, verdictOf } from '../support/say';
import type { Situation } from '../support/tenant';
import {
  aGrant,
  aPolicy,
  aRule,
  anInput,
  day,
  department,
  direct,
  disable,
  minute,
  now,
  ours,
  plan,
  plans,
  property,
  salesperson,
  sku,
  tenantWith,
} from '../support/tenant';
import type { LapsedRule, LedgerEntry } from '../../../../shared/words/ledger';

const sales = aRule('sales', { when: department('Sales'), assign: [aGrant('EMS')] });
const legal = aRule('legal', {
  when: department('Legal'),
  assign: [aGrant('EMS', { plans: disable('INTUNE_A') })],
});
const project = aRule('project', { when: property('city', 'Oslo'), assign: [aGrant('EMS')] });
const policyOf = (...rules: Policy['rules']) => aPolicy({ rules });
const policy = policyOf(sales, legal, project);
const inLegal = { ...salesperson, department: 'Legal', city: null };
const lapse = (rule: string, ms: number): LapsedRule => ({ rule, since: now - ms });
/** A user of Sales who is in Legal by now, with EMS by the rule of Sales. */
const moved = (changes: Partial<LedgerEntry> = {}, ...off: Parameters<typeof plans>): Situation => ({
  policy,
  properties: inLegal,
  direct: [direct('EMS', ...off)],
  ledger: [ours('EMS', { rules: ['sales'], ...changes })],
});
const held = ['EMS', 'SPE_E3', 'SPE_E5'] as const;
const kept = [['legal', 'sales'], [lapse('sales', 0)]] as const;
const gone = [['legal'], undefined] as const;

type Expected = readonly [
  operation: string,
  verdict: string,
  ledger: readonly [rules: readonly string[], lapsed: readonly LapsedRule[] | undefined],
  lookAgainAt: number | null,
];

describe('a plan that only a rule left on which stopped matching', () => {
  it.each<[string, Situation, Expected]>([
    ['first look', moved(), ['', 'grace plans/ending', kept, now + 10 * minute]],
    [
      'a second look too soon',
      moved({ rules: ['legal', 'sales'], lapsedRules: [lapse('sales', 10 * minute - 1)] }),
      ['', 'grace plans/ending', [['legal', 'sales'], [lapse('sales', 10 * minute - 1)]], now + 1],
    ],
    [
      'two looks agree',
      moved({ rules: ['legal', 'sales'], lapsedRules: [lapse('sales', 10 * minute)] }),
      ['~EMS(-INTUNE_A)', 'licensed plans/switched-off', gone, null],
    ],
    [
      'the rule matches again',
      {
        ...moved({ rules: ['legal', 'sales'], lapsedRules: [lapse('sales', 9 * minute)] }),
        properties: salesperson,
      },
      ['', 'nothing license/right', [['sales'], undefined], null],
    ],
    [
      'a clock that ran ahead',
      moved({ rules: ['sales'], lapsedRules: [lapse('sales', -day)] }),
      ['', 'grace plans/ending', [['legal', 'sales'], [lapse('sales', -day)]], now + day + 10 * minute],
    ],
    [
      'each rule has its own ten minutes',
      moved({ rules: ['project', 'sales'], lapsedRules: [lapse('sales', 20 * minute)] }),
      ['', 'grace plans/ending', [['legal', 'project'], [lapse('project', 0)]], now + 10 * minute],
    ],
    [
      'another rule leaves it on',
      { ...moved(), properties: { ...inLegal, city: 'Oslo' } },
      ['', 'nothing license/right', [['legal', 'project'], undefined], null],
    ],
    [
      'a rule that could not be decided takes nothing, and is remembered',
      { ...moved(), properties: { accountEnabled: true, country: 'NL', city: 'Oslo' } },
      ['', 'nothing license/right', [['project', 'sales'], undefined], null],
    ],
    ['it is off already', moved({}, 'INTUNE_A'), ['', 'nothing license/right', gone, null]],
    [
      'a new policy',
      moved({ policyHash: 'b'.repeat(64) as PolicyHash }),
      ['~EMS(-INTUNE_A)', 'licensed plans/switched-off', gone, null],
    ],
    [
      'a rule that did not give the license',
      moved({ rules: ['legal'] }),
      ['~EMS(-INTUNE_A)', 'licensed plans/switched-off', gone, null],
    ],
    [
      'a person switched it on, and we had it off',
      moved({ disabledByUs: [plan('INTUNE_A')] }),
      ['~EMS(-INTUNE_A)', 'licensed drift/plans-off-again', gone, null],
    ],
    [
      'the "without" of a rule that matches now',
      {
        ...moved(),
        policy: policyOf(sales, legal, aRule('never', { when: department('Legal'), without: ['INTUNE_A'] })),
      },
      ['~EMS(-INTUNE_A)', 'licensed plans/switched-off', gone, null],
    ],
    [
      'an exception',
      {
        ...moved({ rules: ['legal', 'sales'], lapsedRules: [lapse('sales', minute)] }),
        exception: {
          skus: [{ skuId: sku('EMS'), disabledPlans: plans('INTUNE_A') }],
          until: null,
          why: 'a case',
          by: 'ops',
          at: 0,
        },
      },
      ['~EMS(-INTUNE_A)', 'pinned pin/applied', [['legal', 'sales'], undefined], null],
    ],
    [
      'a user who is not to be touched begins anew',
      {
        ...moved({ rules: ['sales'], lapsedRules: [lapse('sales', day)] }),
        exception: {
          skus: [],
          until: null,
          why: 'a case',
          by: 'ops',
          at: 0,
          frozen: { until: null, why: 'a case', by: 'ops', at: 0 },
        },
      },
      ['', 'pinned pin/never-touch', [['sales'], undefined], null],
    ],
    [
      'a subscription that takes no assignments: nothing is to be written yet',
      { ...moved(), catalogue: tenantWith({ EMS: { capabilityStatus: 'Suspended' } }) },
      ['', 'grace plans/ending', kept, now + 10 * minute],
    ],
    [
      'the license as a whole is not granted: that is another matter',
      { ...moved({ lapsedRules: [lapse('sales', day)] }), policy: policyOf(sales) },
      ['', 'grace removal/grace', [['sales'], undefined], now + 30 * day],
    ],
  ])('%s', (_, situation, [operation, verdict, [rules, lapsedRules], lookAgainAt]) => {
    const decision = decide(anInput(situation));
    const [entry] = decision.ledger;

    expect(operationOf(decision, held)).toBe(operation);
    expect(verdictOf(decision, 'EMS')).toBe(verdict);
    expect([entry?.rules, entry?.lapsedRules]).toEqual([rules, lapsedRules]);
    expect(decision.lookAgainAt).toBe(lookAgainAt);
  });

  it('says what goes, when, and what to do against it', () => {
    const decision = decide(anInput(moved()));

    expect(decision.outcome).toBe('grace');
    expect(outcomeOf(decision, 'EMS')?.reason.text).toBe(
      'INTUNE_A in EMS stays on for now, because what gave it has only just stopped matching (rule "sales"). It is switched off on 2026-11-22T12:10:00.000Z unless the user matches again by then: if that is wrong, put the user\'s attributes or groups right.',
    );
  });

  it('does not hold up plans that come on, in the same license', () => {
    const narrowSales = aRule('sales', {
      when: department('Sales'),
      assign: [aGrant('EMS', { plans: disable('MFA_PREMIUM') })],
    });
    const situation = moved({ disabledByUs: plans('MFA_PREMIUM') }, 'MFA_PREMIUM');

    const decision = decide(anInput({ ...situation, policy: policyOf(narrowSales, legal) }));

    expect(operationOf(decision, held)).toBe('~EMS');
    expect(verdictOf(decision, 'EMS')).toMatch(/^grace /);
    expect(outcomeOf(decision, 'EMS')?.reason.text).toMatch(
      /^INTUNE_A in EMS stays on .* MFA_PREMIUM is switched on in EMS/,
    );
    expect(decision.ledger[0]).toMatchObject({ disabledByUs: [], lapsedRules: [lapse('sales', 0)] });
  });

  it('keeps a plan that a fallback of the rule left on', () => {
    const wide = aRule('sales', {
      when: department('Sales'),
      assign: [aGrant('SPE_E5', { fallback: ['EMS'] })],
    });

    const decision = decide(anInput({ ...moved(), policy: policyOf(wide, legal) }));

    expect([operationOf(decision, held), verdictOf(decision, 'EMS')]).toEqual(['', 'grace plans/ending']);
  });

  it('goes with its license at once, where a better one comes in its place', () => {
    const exclusive = [['SPE_E5', 'SPE_E3']];
    const rules = [
      aRule('sales', { when: department('Sales'), assign: [aGrant('SPE_E3')] }),
      aRule('legal', {
        when: department('Legal'),
        assign: [aGrant('SPE_E5', { plans: disable('INTUNE_A') })],
      }),
    ];
    const ledger = [ours('SPE_E3', { rules: ['sales'] })];

    const decision = decide(
      anInput({ ...moved(), policy: aPolicy({ rules, exclusive }), direct: [direct('SPE_E3')], ledger }),
    );

    expect(operationOf(decision)).toBe('+SPE_E5(-INTUNE_A) -SPE_E3');
    expect(decision.ledger[0]).not.toHaveProperty('lapsedRules');
  });

  it('lets a license that excludes it follow when it is off', () => {
    const rules = [
      sales,
      aRule('legal', {
        when: department('Legal'),
        assign: [aGrant('EMS', { plans: disable('INTUNE_A') }), aGrant('POWER_BI_PRO')],
      }),
    ];
    const learntConflicts = {
      conflicts: [[plan('INTUNE_A'), plan('BI_AZURE_P2')] as const],
      dependencies: [],
    };
    const first = { ...moved(), policy: policyOf(...rules), learntConflicts };
    const ledger = [ours('EMS', { rules: ['sales'], lapsedRules: [lapse('sales', 10 * minute)] })];

    const decision = decide(anInput(first));
    const second = decide(anInput({ ...first, ledger }));

    expect([operationOf(decision), verdictOf(decision, 'POWER_BI_PRO')]).toEqual([
      '',
      'grace plans/conflict-ending',
    ]);
    expect(operationOf(second, held)).toBe('+POWER_BI_PRO ~EMS(-INTUNE_A)');
  });
});
