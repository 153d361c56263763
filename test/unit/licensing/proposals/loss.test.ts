import { describe, expect, it } from '@jest/globals';
import { decide } from '../../../../shared/licensing/decide';
import type { Policy } from '../../../../shared/policy/policy';
import { operationOf, outcomeOf, verdictOf } from '../support/say';
import type { Situation } from '../support/tenant';
import {
  aGrant,
  aPolicy,
  aRule,
  always,
  anInput,
  day,
  department,
  direct,
  disable,
  minute,
  now,
  ours,
  planIds,
  salesperson,
  tenantWith,
} from '../support/tenant';

const legalOnly = (changes: Partial<Policy> = {}) =>
  aPolicy({ rules: [aRule('legal', { when: department('Legal'), assign: [aGrant('EMS')] })], ...changes });
const held = { direct: [direct('EMS')], ledger: [ours('EMS')] };
const since = (ms: number) => ({
  direct: [direct('EMS')],
  ledger: [ours('EMS', { notEntitledSince: now - ms })],
});
const atOnce = { removal: { mode: 'remove', graceMs: 0 } } as const;
const leaver = { accountEnabled: false, department: 'Legal' };

describe('our license that the policy does not grant', () => {
  it.each<[string, Policy, Situation, string, string, number | null, number | null]>([
    ['first look: grace begins', legalOnly(), held, '', 'grace removal/grace', now, now + 30 * day],
    ['in grace', legalOnly(), since(29 * day), '', 'grace removal/grace', now - 29 * day, now + day],
    ['grace over', legalOnly(), since(30 * day), '-EMS', 'nothing removal/due', null, null],
    ['no grace, first look', legalOnly(atOnce), held, '', 'grace removal/grace', now, now + 10 * minute],
    [
      'no grace, a second look too soon',
      legalOnly(atOnce),
      since(10 * minute - 1),
      '',
      'grace removal/grace',
      now - 10 * minute + 1,
      now + 1,
    ],
    [
      'no grace, two looks agree',
      legalOnly(atOnce),
      since(10 * minute),
      '-EMS',
      'nothing removal/due',
      null,
      null,
    ],
    [
      'keep',
      legalOnly({ removal: { mode: 'keep', graceMs: 0 } }),
      since(90 * day),
      '',
      'nothing removal/kept',
      null,
      null,
    ],
    [
      'a rule that may grant it is undecided',
      legalOnly(),
      { ...since(90 * day), properties: { accountEnabled: true } },
      '',
      'nothing rule/undecided',
      now - 90 * day,
      null,
    ],
    [
      'a leaver, in grace',
      legalOnly(),
      { ...held, properties: leaver },
      '',
      'grace removal/grace',
      now,
      now + 30 * day,
    ],
    [
      'a leaver, grace over',
      legalOnly(),
      { ...since(30 * day), properties: leaver },
      '-EMS',
      'nothing removal/due',
      null,
      null,
    ],
    [
      'the scope is undecided',
      legalOnly(),
      { ...since(90 * day), properties: { department: 'Sales' } },
      '',
      'nothing scope/undecided',
      now - 90 * day,
      null,
    ],
    [
      'the tenant does not have the SKU any more',
      legalOnly({ rules: [] }),
      { ...since(90 * day), catalogue: tenantWith({ EMS: null }) },
      '',
      'blocked sku/unknown',
      now - 90 * day,
      null,
    ],
    [
      'a suspended subscription can be taken away',
      legalOnly(),
      { ...since(90 * day), catalogue: tenantWith({ EMS: { capabilityStatus: 'Suspended' } }) },
      '-EMS',
      'nothing removal/due',
      null,
      null,
    ],
    [
      'a clock that ran ahead takes nothing',
      legalOnly(),
      since(-5 * day),
      '',
      'grace removal/grace',
      now + 5 * day,
      now + 35 * day,
    ],
  ])('%s', (_, policy, situation, operation, verdict, ledgerSince, lookAgainAt) => {
    const decision = decide(anInput({ policy, ...situation }));

    expect(operationOf(decision)).toBe(operation);
    expect(verdictOf(decision, 'EMS')).toBe(verdict);
    expect(decision.ledger[0]?.notEntitledSince ?? null).toBe(ledgerSince);
    expect(decision.lookAgainAt).toBe(lookAgainAt);
  });

  it('cancels its grace when the user is entitled again', () => {
    const decision = decide(
      anInput({
        policy: legalOnly(),
        ...since(29 * day),
        properties: { ...salesperson, department: 'Legal' },
      }),
    );

    expect(decision.outcome).toBe('nothing');
    expect(decision.ledger).toEqual([ours('EMS', { rules: ['legal'] })]);
    expect(decision.lookAgainAt).toBeNull();
  });

  it('keeps what the ledger said of who granted it', () => {
    const decision = decide(anInput({ policy: legalOnly(), ...held }));

    expect(decision.ledger[0]?.rules).toEqual(['rule']);
  });

  it('says what is lost with it, unless another license gives the same', () => {
    const policy = aPolicy();
    const e3 = { direct: [direct('SPE_E3')], ledger: [ours('SPE_E3')] };
    const e3AndE1 = { ...e3, direct: [...e3.direct, direct('STANDARDPACK'), direct('EMS')] };

    const alone = outcomeOf(decide(anInput({ policy, ...e3 })), 'SPE_E3');
    const covered = outcomeOf(decide(anInput({ policy, ...e3AndE1 })), 'SPE_E3');

    expect(alone?.reason.text).toBe(
      'No rule grants SPE_E3 any more. It is removed on 2026-12-22T12:00:00.000Z unless the user is entitled again by then. The mailbox goes with it: Exchange Online deletes it after 30 days. Devices that Intune manages for the user lose their license.',
    );
    expect(covered?.reason.text).toBe(
      'No rule grants SPE_E3 any more. It is removed on 2026-12-22T12:00:00.000Z unless the user is entitled again by then.',
    );
  });
});

describe('data that was not read', () => {
  const byGroup = aRule('by group', { memberOf: ['SG-Staff'], assign: [aGrant('EMS')] });

  it('gives nothing on a rule that needs it, says so, and takes nothing', () => {
    const decision = decide(
      anInput({ policy: aPolicy({ rules: [byGroup] }), memberships: { transitive: undefined } }),
    );

    expect(decision.operation).toBeUndefined();
    expect(decision.outcome).toBe('blocked');
    expect(decision.reasons.map((one) => one.text)).toEqual([
      'Rule "by group" could not be decided because the group memberships were not read; EMS stays as it is. It is decided at the next look with complete data.',
    ]);
  });

  it('does not stop the rules that could be decided', () => {
    const policy = aPolicy({ rules: [byGroup, aRule('all', { assign: [aGrant('POWER_BI_PRO')] })] });

    const decision = decide(anInput({ policy, memberships: { transitive: undefined } }));

    expect(operationOf(decision)).toBe('+POWER_BI_PRO');
    expect(decision.outcome).toBe('blocked');
  });

  it('a false attribute decides a rule whatever the groups are', () => {
    const rule = aRule('both', { when: department('Legal'), memberOf: ['SG'], assign: [aGrant('EMS')] });

    const decision = decide(
      anInput({ policy: aPolicy({ rules: [rule] }), memberships: { transitive: undefined } }),
    );

    expect(decision.outcome).toBe('nothing');
  });

  it.each([
    ['on', [], '', []],
    ['off by us', ['INTUNE_A'], '', ['INTUNE_A']],
  ] as const)('keeps a plan %s that an undecided rule would have on', (_, off, operation, disabledByUs) => {
    const policy = aPolicy({
      rules: [
        aRule('a', { assign: [aGrant('EMS', { plans: disable('INTUNE_A') })] }),
        aRule('b', { when: always('undecided'), assign: [aGrant('EMS')] }),
      ],
    });
    const ledger = [ours('EMS', { disabledByUs: off.map((name) => planIds[name] as never) })];

    const decision = decide(anInput({ policy, direct: [direct('EMS', ...off)], ledger }));

    expect(operationOf(decision)).toBe(operation);
    expect(decision.ledger[0]?.disabledByUs).toEqual(disabledByUs.map((name) => planIds[name]));
    expect(decision.findings.map((one) => one.code)).toEqual(['plans/undecided']);
  });

  it.each([
    ['on stays on', [], []],
    ['off by us stays off', ['INTUNE_A'], ['INTUNE_A']],
  ] as const)('an undecided "without": %s', (_, off, byUs) => {
    const policy = aPolicy({
      rules: [
        aRule('a', { assign: [aGrant('EMS')] }),
        aRule('b', { when: always('undecided'), without: ['INTUNE_A'] }),
      ],
    });
    const ledger = [ours('EMS', { disabledByUs: byUs.map((name) => planIds[name] as never) })];

    expect(decide(anInput({ policy, direct: [direct('EMS', ...off)], ledger })).operation).toBeUndefined();
  });

  it('does not swap down while a better SKU is undecided', () => {
    const policy = aPolicy({
      ...atOnce,
      exclusive: [['SPE_E5', 'SPE_E3']],
      rules: [
        aRule('a', { assign: [aGrant('SPE_E3')] }),
        aRule('b', { when: always('undecided'), assign: [aGrant('SPE_E5')] }),
      ],
    });
    const ledger = [ours('SPE_E5', { notEntitledSince: now - 90 * day })];

    const decision = decide(anInput({ policy, direct: [direct('SPE_E5')], ledger }));

    expect(decision.operation).toBeUndefined();
    expect(verdictOf(decision, 'SPE_E3')).toBe('nothing exclusive/covered');
    expect(verdictOf(decision, 'SPE_E5')).toBe('nothing rule/undecided');
  });
});

describe('a deleted user', () => {
  it('is left alone, and the ledger waits for the user to be restored', () => {
    const decision = decide(anInput({ policy: legalOnly(atOnce), ...since(90 * day), deleted: true }));

    expect([decision.outcome, decision.operation, decision.ledger]).toEqual([
      'outOfScope',
      undefined,
      since(90 * day).ledger,
    ]);
  });
});
