import { describe, expect, it } from '@jest/globals';
import { decide } from '../../../../shared/licensing/decide';
import { countForGuards } from '../../../../shared/licensing/guards/guard-counts';
import { stateDigest } from '../../../../shared/licensing/state-digest';
import { operationOf, verdictOf } from '../support/say';
import type { PlanName, Situation, SkuName } from '../support/tenant';
import { aGrant, aPolicy, aRule, anInput, day, direct, now, ours, plans, sku } from '../support/tenant';
import type { Exception } from '../../../../shared/words/exception';

const nothingPinned: Exception = { skus: [], until: null, why: 'none', by: 'ops', at: 0 };
const frozen = (until: number | null = null): Exception => ({
  ...nothingPinned,
  frozen: { until, why: 'court case', by: 'ops', at: 0 },
});
const extra = (
  name: SkuName,
  off: readonly PlanName[] = [],
  until: number | null = now + day,
): Exception => ({
  ...nothingPinned,
  skus: [
    { skuId: sku(name), disabledPlans: plans(...off), extra: { until, why: 'a project', by: 'ops', at: 0 } },
  ],
});
const givesEms = aPolicy({ rules: [aRule('rule', { assign: [aGrant('EMS')] })] });
const keeps = aPolicy({ removal: { mode: 'keep', graceMs: 0 } });
const ending = { direct: [direct('EMS')], ledger: [ours('EMS', { notEntitledSince: now - 90 * day })] };
const hold = {
  reductions: { code: 'guard/reductions' as const, text: 'Held.' },
  changes: { code: 'guard/changes' as const, text: 'Held.' },
};

describe('a user who is never to be touched', () => {
  it.each<[string, Situation]>([
    ['is given nothing', { policy: givesEms }],
    ['loses nothing', { ...ending, policy: aPolicy() }],
    [
      'keeps plans as they are',
      {
        policy: givesEms,
        direct: [direct('EMS', 'INTUNE_A')],
        ledger: [ours('EMS', { disabledByUs: plans('INTUNE_A') })],
      },
    ],
    [
      'has nothing adopted',
      { policy: aPolicy({ ...givesEms, adopt: ['EMS'] }), direct: [direct('EMS', 'INTUNE_A')] },
    ],
    ['gets no usage location', { policy: givesEms, usageLocation: null }],
    [
      'is left alone when out of scope',
      { ...ending, policy: aPolicy(), properties: { accountEnabled: false } },
    ],
    ['is left alone when the scope is undecided', { ...ending, properties: { accountEnabled: undefined } }],
    ['is left alone in spite of an extra license', { exception: { ...extra('SPE_E5'), ...frozen() } }],
  ])('%s', (_, situation) => {
    const input = anInput({ exception: frozen(), ...situation });

    const decision = decide(input);

    expect([decision.outcome, decision.operation]).toEqual(['pinned', undefined]);
    expect(decision.reasons.map(({ code }) => code)).toEqual(['pin/never-touch']);
    expect(decision.ledger.map(({ skuId }) => skuId)).toEqual(input.ledger.map(({ skuId }) => skuId));
  });

  it('begins the grace anew when it is over, instead of losing at once what was ending before', () => {
    const during = decide(anInput({ ...ending, policy: aPolicy(), exception: frozen(now + day) }));
    const after = decide(
      anInput({
        ...ending,
        policy: aPolicy(),
        exception: frozen(now + day),
        ledger: during.ledger,
        now: now + day,
      }),
    );

    expect(during.lookAgainAt).toBe(now + day);
    expect(after.operation).toBeUndefined();
    expect(verdictOf(after, 'EMS')).toBe('grace removal/grace');
  });

  it('is no secret to the digest, and an exception that is over is', () => {
    const digest = (exception: Exception | null) => stateDigest(anInput({ policy: givesEms, exception }));

    expect(digest(frozen())).not.toBe(digest(null));
    expect(digest(frozen(now))).toBe(digest(null));
    expect(digest(extra('SPE_E5'))).not.toBe(digest(null));
    expect(digest(extra('SPE_E5', [], now))).toBe(digest(null));
  });
});

describe('an extra license', () => {
  const granted = {
    direct: [direct('POWER_BI_PRO')],
    ledger: [ours('POWER_BI_PRO', { rules: [], byPin: true })],
  };
  const over = extra('POWER_BI_PRO', [], now);

  it.each<[string, Situation, string, string]>([
    [
      'is given although no rule grants it',
      { policy: aPolicy(), exception: extra('POWER_BI_PRO') },
      '+POWER_BI_PRO',
      'pinned pin/applied',
    ],
    [
      'is held without these plans',
      { policy: aPolicy(), exception: extra('POWER_BI_PRO', ['BI_AZURE_P2']) },
      '+POWER_BI_PRO(-BI_AZURE_P2)',
      'pinned pin/applied',
    ],
    [
      'is given once',
      { policy: aPolicy(), exception: extra('POWER_BI_PRO'), ...granted },
      '',
      'pinned pin/right',
    ],
    [
      'is taken back when it ends',
      { policy: aPolicy(), exception: over, ...granted },
      '-POWER_BI_PRO',
      'nothing pin/ended',
    ],
    [
      'is taken back under removal: keep',
      { policy: keeps, exception: over, ...granted },
      '-POWER_BI_PRO',
      'nothing pin/ended',
    ],
    [
      'is taken back when it was released',
      { policy: keeps, exception: null, ...granted },
      '-POWER_BI_PRO',
      'nothing pin/ended',
    ],
    [
      'is taken back from a leaver',
      { policy: keeps, exception: over, ...granted, properties: { accountEnabled: false } },
      '-POWER_BI_PRO',
      'nothing pin/ended',
    ],
    [
      'stays when a rule grants it by then',
      {
        policy: aPolicy({ rules: [aRule('rule', { assign: [aGrant('POWER_BI_PRO')] })] }),
        exception: over,
        ...granted,
      },
      '',
      'nothing license/right',
    ],
    [
      'waits for a seat like any',
      { policy: aPolicy(), exception: extra('POWER_BI_PRO'), seats: { POWER_BI_PRO: 0 } },
      '',
      'waiting seats/exhausted',
    ],
    [
      'is not given to a leaver',
      { policy: aPolicy(), exception: extra('POWER_BI_PRO'), properties: { accountEnabled: false } },
      '',
      'nothing said',
    ],
    [
      'leaves alone what a person assigned',
      { policy: keeps, exception: over, direct: [direct('POWER_BI_PRO')] },
      '',
      'nothing said',
    ],
    [
      'is given though guards hold',
      {
        policy: givesEms,
        exception: extra('POWER_BI_PRO'),
        direct: [direct('EMS')],
        ledger: [ours('EMS')],
        hold,
      },
      '+POWER_BI_PRO',
      'pinned pin/applied',
    ],
    [
      'is taken back though guards hold',
      { policy: aPolicy(), exception: over, ...granted, hold },
      '-POWER_BI_PRO',
      'nothing pin/ended',
    ],
  ])('%s', (_, situation, operation, verdict) => {
    const decision = decide(anInput(situation));

    expect(operationOf(decision)).toBe(operation);
    expect(verdictOf(decision, 'POWER_BI_PRO')).toBe(verdict);
  });

  it('is not taken back while a rule is undecided that might grant it', () => {
    const policy = aPolicy({
      ...givesEms,
      rules: [{ ...aRule('rule', { assign: [aGrant('POWER_BI_PRO')] }), memberOf: ['SG'] }],
    });

    const decision = decide(
      anInput({ policy, exception: over, ...granted, memberships: { transitive: undefined } }),
    );

    expect(decision.operation).toBeUndefined();
  });

  it('is ours, as the pin’s alone; a rule that grants it meanwhile makes it the policy’s', () => {
    const first = decide(anInput({ policy: aPolicy(), exception: extra('POWER_BI_PRO') }));
    const policy = aPolicy({ rules: [aRule('rule', { assign: [aGrant('POWER_BI_PRO')] })] });
    const second = decide(
      anInput({ policy, exception: extra('POWER_BI_PRO'), ...granted, ledger: first.ledger }),
    );

    expect(first.ledger).toEqual([ours('POWER_BI_PRO', { rules: [], byPin: true })]);
    expect(second.ledger).toEqual([ours('POWER_BI_PRO', { rules: [] })]);
  });

  it('counts for no guard, neither when it comes nor when it goes', () => {
    const held = { direct: [direct('EMS')], ledger: [ours('EMS')] };
    const comes = anInput({ policy: givesEms, exception: extra('POWER_BI_PRO'), ...held });
    const goes = anInput({ policy: aPolicy(), exception: over, ...granted });

    const counts = [comes, goes].map((input) => countForGuards(input, decide(input)));

    expect(counts).toEqual([
      { reduction: false, change: false },
      { reduction: false, change: false },
    ]);
  });

  it('takes the place of a lesser one of its exclusive group, which comes back in one call when it ends', () => {
    const policy = aPolicy({
      exclusive: [['SPE_E5', 'SPE_E3']],
      rules: [aRule('rule', { assign: [aGrant('SPE_E3')] })],
      removal: { mode: 'keep', graceMs: 0 },
    });
    const exception = extra('SPE_E5');

    const comes = decide(
      anInput({ policy, exception, direct: [direct('SPE_E3')], ledger: [ours('SPE_E3')] }),
    );
    const held = { policy, exception, direct: [direct('SPE_E5')], ledger: comes.ledger };
    const stays = decide(anInput(held));
    const goes = decide(anInput({ ...held, now: now + day }));

    expect(operationOf(comes)).toBe('+SPE_E5 -SPE_E3');
    expect(operationOf(stays)).toBe('');
    expect(operationOf(goes)).toBe('+SPE_E3 -SPE_E5');
    expect(countForGuards(anInput({ ...held, now: now + day }), goes).reduction).toBe(false);
  });

  it('stands before the state that an undo fixed, which comes back when it ends', () => {
    const exception: Exception = {
      skus: [{ skuId: sku('EMS'), disabledPlans: null }, ...extra('EMS').skus],
      until: null,
      why: 'undone',
      by: 'ops',
      at: 0,
    };

    const during = decide(anInput({ policy: givesEms, exception }));
    const after = decide(
      anInput({
        policy: givesEms,
        exception,
        direct: [direct('EMS')],
        ledger: during.ledger,
        now: now + day,
      }),
    );

    expect([operationOf(during), operationOf(after)]).toEqual(['+EMS', '-EMS']);
    expect(during.lookAgainAt).toBe(now + day);
  });
});
