import { describe, expect, it } from '@jest/globals';
import { decide } from '../../../../shared/licensing/decide';
import { countForGuards } from '../../../../shared/licensing/guards/guard-counts';
import { guardsOpen, judgeGuards } from '../../../../shared/licensing/guards/guards';
import type { Policy } from '../../../../shared/policy/policy';
import { operationOf, outcomeOf, verdictOf } from '../support/say';
import type { Situation } from '../support/tenant';
import {
  aGrant,
  aPolicy,
  aRule,
  anInput,
  day,
  direct,
  disable,
  now,
  ours,
  plans,
  sku,
} from '../support/tenant';

const policy = aPolicy({
  exclusive: [['SPE_E5', 'SPE_E3']],
  rules: [
    aRule('rule', {
      assign: [aGrant('SPE_E3'), aGrant('EMS', { plans: disable('INTUNE_A') })],
    }),
  ],
});
const ended = { notEntitledSince: now - 40 * day };
const withEms = {
  direct: [direct('EMS', 'INTUNE_A')],
  ledger: [ours('EMS', { disabledByUs: plans('INTUNE_A') })],
};

describe('what counts for the guards', () => {
  it.each<[string, Situation, string, boolean, boolean]>([
    ['a first grant', {}, '+EMS(-INTUNE_A) +SPE_E3', false, false],
    ['another license', withEms, '+SPE_E3', false, true],
    [
      'a plan off',
      { direct: [direct('EMS'), direct('SPE_E3')], ledger: [ours('EMS'), ours('SPE_E3')] },
      '+EMS(-INTUNE_A)',
      true,
      true,
    ],
    [
      'a removal',
      {
        direct: [...withEms.direct, direct('SPE_E3'), direct('POWER_BI_PRO')],
        ledger: [...withEms.ledger, ours('SPE_E3'), ours('POWER_BI_PRO', ended)],
      },
      '-POWER_BI_PRO',
      true,
      true,
    ],
    [
      'a swap down',
      { direct: [...withEms.direct, direct('SPE_E5')], ledger: [...withEms.ledger, ours('SPE_E5', ended)] },
      '+SPE_E3 -SPE_E5',
      true,
      true,
    ],
    [
      'a swap up',
      {
        policy: aPolicy({ ...policy, rules: [aRule('rule', { assign: [aGrant('SPE_E5')] })] }),
        direct: [direct('SPE_E3')],
        ledger: [ours('SPE_E3')],
      },
      '+SPE_E5 -SPE_E3',
      false,
      true,
    ],
    [
      'nothing',
      { direct: [...withEms.direct, direct('SPE_E3')], ledger: [...withEms.ledger, ours('SPE_E3')] },
      '',
      false,
      false,
    ],
  ])('%s', (_, situation, operation, reduction, change) => {
    const input = anInput({ policy, ...situation });

    const decision = decide(input);

    expect(operationOf(decision)).toBe(operation);
    expect(countForGuards(input, decision)).toEqual({ reduction, change });
  });
});

describe('the verdict', () => {
  const counters = { usersWithLedger: 1000, reductions: 19, changes: 200 };
  const both = { reduction: true, change: true };

  it.each<[string, Policy['guards'], string | null, string | null]>([
    ['no limits', { maxReductions: null, maxChanges: null }, null, null],
    ['just within', { maxReductions: { count: 20, percent: 2 }, maxChanges: { percent: 20.1 } }, null, null],
    [
      'count exceeded',
      { maxReductions: { count: 19, percent: 50 }, maxChanges: null },
      'guard/reductions',
      null,
    ],
    [
      'percent exceeded',
      { maxReductions: { count: 25, percent: 1.9 }, maxChanges: null },
      'guard/reductions',
      null,
    ],
    ['changes exceeded', { maxReductions: null, maxChanges: { percent: 20 } }, null, 'guard/changes'],
    ['a limit of nothing', { maxReductions: { count: 0 }, maxChanges: null }, 'guard/reductions', null],
  ])('%s', (_, guards, reductions, changes) => {
    const verdict = judgeGuards(guards, counters, both);

    expect([verdict.reductions?.code ?? null, verdict.changes?.code ?? null]).toEqual([reductions, changes]);
  });

  it('says what is allowed and what to do', () => {
    const verdict = judgeGuards({ maxReductions: { percent: 1 }, maxChanges: null }, counters, both);

    expect(verdict.reductions?.text).toBe(
      'Held: with this user 20 would lose something, and the guard allows 1 % of 1000 users in a rollout or 24 hours. Look at the held changes ("licenser rollout list") and approve them, or correct the policy.',
    );
  });

  it('lets what does not count pass', () => {
    const guards = { maxReductions: { count: 0 }, maxChanges: { count: 0 } };

    expect(judgeGuards(guards, counters, { reduction: false, change: false })).toEqual(guardsOpen);
  });
});

describe('what a guard holds', () => {
  const hold = (kinds: { reductions?: boolean; changes?: boolean }) => ({
    reductions: kinds.reductions ? { code: 'guard/reductions' as const, text: 'Held.' } : null,
    changes: kinds.changes ? { code: 'guard/changes' as const, text: 'Held.' } : null,
  });

  it('keeps a removal back, and lets the rest go on', () => {
    const ledger = [ours('POWER_BI_PRO', ended)];
    const input = anInput({
      policy,
      direct: [direct('POWER_BI_PRO')],
      ledger,
      hold: hold({ reductions: true }),
    });

    const decision = decide(input);

    expect(operationOf(decision)).toBe('+EMS(-INTUNE_A) +SPE_E3');
    expect(decision.outcome).toBe('held');
    expect(outcomeOf(decision, 'POWER_BI_PRO')?.reason).toEqual({
      code: 'guard/reductions' as const,
      text: 'Held.',
      skuId: sku('POWER_BI_PRO'),
    });
    expect(decision.ledger.find((entry) => entry.skuId === sku('POWER_BI_PRO'))).toEqual(ledger[0]);
  });

  it('keeps plans on, and lets others be switched on', () => {
    const held = {
      direct: [direct('EMS', 'AAD_PREMIUM'), direct('SPE_E3')],
      ledger: [ours('EMS', { disabledByUs: plans('AAD_PREMIUM') }), ours('SPE_E3')],
    };

    const decision = decide(anInput({ policy, ...held, hold: hold({ reductions: true }) }));

    expect(operationOf(decision)).toBe('+EMS');
    expect(verdictOf(decision, 'EMS')).toBe('held guard/reductions');
  });

  it('keeps a swap down back as a whole', () => {
    const held = {
      direct: [...withEms.direct, direct('SPE_E5')],
      ledger: [...withEms.ledger, ours('SPE_E5', ended)],
    };

    const decision = decide(anInput({ policy, ...held, hold: hold({ reductions: true }) }));

    expect(decision.operation).toBeUndefined();
    expect(verdictOf(decision, 'SPE_E3')).toBe('held guard/reductions');
    expect(decision.ledger.find((entry) => entry.skuId === sku('SPE_E5'))).toEqual(ours('SPE_E5', ended));
  });

  it('of changes lets a first grant pass', () => {
    const first = decide(anInput({ policy, hold: hold({ changes: true }) }));
    const other = decide(anInput({ policy, ...withEms, hold: hold({ changes: true }) }));

    expect([first.outcome, operationOf(first)]).toEqual(['licensed', '+EMS(-INTUNE_A) +SPE_E3']);
    expect([other.outcome, operationOf(other)]).toEqual(['held', '']);
  });
});
