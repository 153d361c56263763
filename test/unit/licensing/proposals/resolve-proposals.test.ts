import { describe, expect, it } from '@jest/globals';
import { decide } from '../../../../shared/licensing/decide';
import {
  mergeConflicts,
  microsoftConflicts,
} from '../../../../shared/licensing/service-plans/known-conflicts';
import { operationOf, outcomeOf, verdictOf } from '../support/say';
import type { SkuName } from '../support/tenant';
import {
  aGrant,
  aPolicy,
  aRule,
  anInput,
  day,
  direct,
  disable,
  inherited,
  now,
  ours,
  plan,
  plans,
} from '../support/tenant';

const granting = (...grants: (SkuName | [SkuName, number])[]) =>
  aPolicy({
    rules: grants.map((grant) => {
      const [name, priority] = Array.isArray(grant) ? grant : [grant, 0];
      return aRule(name, { assign: [aGrant(name, { priority })] });
    }),
  });

describe('plans that exclude each other', () => {
  it('block the license that would come, and name both plans and both SKUs', () => {
    const decision = decide(anInput({ policy: granting('SPE_E3'), direct: [direct('STANDARDPACK')] }));

    expect(decision.operation).toBeUndefined();
    expect(decision.outcome).toBe('blocked');
    expect(outcomeOf(decision, 'SPE_E3')?.reason).toEqual({
      code: 'plans/conflict',
      text: 'SHAREPOINTENTERPRISE of SPE_E3 cannot be held together with SHAREPOINTSTANDARD of STANDARDPACK. STANDARDPACK was assigned by hand and is not taken away: remove it by hand, or list it under "adopt" and list SPE_E3 and STANDARDPACK under "exclusive", or disable SPE_E3\'s plan in the policy.',
      skuId: outcomeOf(decision, 'SPE_E3')?.skuId,
      servicePlanIds: [plan('SHAREPOINTENTERPRISE'), plan('SHAREPOINTSTANDARD')],
    });
  });

  it.each<[string, Parameters<typeof anInput>[0], string]>([
    ['are looked for in what comes from groups', { inherited: [inherited('STANDARDPACK')] }, ''],
    [
      'do not count while they are off',
      { direct: [direct('STANDARDPACK', 'SHAREPOINTSTANDARD', 'EXCHANGE_S_STANDARD')] },
      '+SPE_E3',
    ],
    ['the same plan twice is none', { direct: [direct('EMS')] }, '+SPE_E3'],
    [
      'do not count in a group license that is in error',
      { inherited: [{ ...inherited('STANDARDPACK'), state: 'Error', error: 'Other' }] },
      '+SPE_E3',
    ],
  ])('%s', (_, situation, operation) => {
    expect(operationOf(decide(anInput({ policy: granting('SPE_E3'), ...situation })))).toBe(operation);
  });

  it.each([
    ['the higher priority is given', granting(['STANDARDPACK', 5], 'SPE_E3'), '+STANDARDPACK', 'SPE_E3'],
    [
      'the higher priority is given, the other way',
      granting('STANDARDPACK', ['SPE_E3', 5]),
      '+SPE_E3',
      'STANDARDPACK',
    ],
    [
      'of equal ones the lower id, whatever the order',
      granting('STANDARDPACK', 'SPE_E3'),
      '+SPE_E3',
      'STANDARDPACK',
    ],
    ['of equal ones the lower id, reversed', granting('SPE_E3', 'STANDARDPACK'), '+SPE_E3', 'STANDARDPACK'],
  ] as const)('between two new ones: %s', (_, policy, operation, blocked) => {
    const decision = decide(anInput({ policy }));

    expect(operationOf(decision)).toBe(operation);
    expect(verdictOf(decision, blocked)).toBe('blocked plans/conflict');
  });

  it('what is held already stays against a higher priority', () => {
    const held = { direct: [direct('STANDARDPACK')], ledger: [ours('STANDARDPACK')] };

    const decision = decide(anInput({ policy: granting('STANDARDPACK', ['SPE_E3', 9]), ...held }));

    expect(operationOf(decision)).toBe('');
    expect(verdictOf(decision, 'SPE_E3')).toBe('blocked plans/conflict');
  });

  it('of a license that goes in the same call are none', () => {
    const policy = aPolicy({ ...granting('SPE_E3'), exclusive: [['SPE_E3', 'STANDARDPACK']] });
    const held = { direct: [direct('STANDARDPACK')], ledger: [ours('STANDARDPACK')] };

    expect(operationOf(decide(anInput({ policy, ...held })))).toBe('+SPE_E3 -STANDARDPACK');
  });

  it('keep a plan from being switched on, and let the others follow the policy', () => {
    const policy = aPolicy({
      rules: [aRule('a', { assign: [aGrant('SPE_E3', { plans: disable('TEAMS1') })] })],
    });
    const off = ['EXCHANGE_S_ENTERPRISE', 'SHAREPOINTENTERPRISE'] as const;
    const held = {
      direct: [direct('SPE_E3', ...off), direct('STANDARDPACK')],
      ledger: [ours('SPE_E3', { disabledByUs: plans(...off) })],
    };

    const decision = decide(anInput({ policy, ...held }));

    expect(operationOf(decision)).toBe('+SPE_E3(-EXCHANGE_S_ENTERPRISE -SHAREPOINTENTERPRISE -TEAMS1)');
    expect(verdictOf(decision, 'SPE_E3')).toBe('blocked plans/conflict');
    expect(decision.ledger[0]?.disabledByUs).toEqual(plans(...off, 'TEAMS1'));
  });

  it('that were there before stop nothing', () => {
    const held = { direct: [direct('SPE_E3'), direct('STANDARDPACK')] };

    expect(operationOf(decide(anInput({ policy: granting('EMS'), ...held })))).toBe('+EMS');
  });

  it('learnt from Graph count like published ones', () => {
    const learntConflicts = mergeConflicts(microsoftConflicts, {
      conflicts: [[plan('BI_AZURE_P2'), plan('INTUNE_A')]],
      dependencies: [],
    });

    const decision = decide(
      anInput({ policy: granting('POWER_BI_PRO'), direct: [direct('EMS')], learntConflicts }),
    );

    expect(verdictOf(decision, 'POWER_BI_PRO')).toBe('blocked plans/conflict');
  });

  it('keep what stood in when the better one is blocked', () => {
    const policy = aPolicy({ ...granting('SPE_E5'), exclusive: [['SPE_E5', 'SPE_F1']] });
    const held = {
      direct: [
        direct('SPE_F1', 'EXCHANGE_S_DESKLESS', 'SHAREPOINTDESKLESS'),
        direct('STANDARDPACK', 'EXCHANGE_S_STANDARD'),
      ],
      ledger: [ours('SPE_F1')],
    };

    const decision = decide(anInput({ policy, ...held }));

    expect(decision.operation).toBeUndefined();
    expect(verdictOf(decision, 'SPE_E5')).toBe('blocked plans/conflict');
    expect(verdictOf(decision, 'SPE_F1')).toBe('nothing fallback/stands-in');
    expect(decision.ledger).toEqual([ours('SPE_F1')]);
  });
});

describe('plans that need others', () => {
  const needsTeams = mergeConflicts(microsoftConflicts, {
    conflicts: [],
    dependencies: [{ plan: plan('BI_AZURE_P2'), anyOf: [plan('EXCHANGE_S_ENTERPRISE'), plan('TEAMS1')] }],
  });

  it('block a license whose prerequisite the user will not have', () => {
    const policy = aPolicy({
      rules: [
        aRule('a', { assign: [aGrant('PROJECTPROFESSIONAL', { plans: disable('SHAREPOINTENTERPRISE') })] }),
      ],
    });

    const decision = decide(anInput({ policy }));

    expect(outcomeOf(decision, 'PROJECTPROFESSIONAL')?.reason.text).toBe(
      'SHAREPOINT_PROJECT of PROJECTPROFESSIONAL needs SHAREPOINTENTERPRISE, which the user will not have. Grant it, or disable SHAREPOINT_PROJECT.',
    );
  });

  it('are content with what comes in the same call', () => {
    const policy = granting('POWER_BI_PRO', 'SPE_E3');

    expect(operationOf(decide(anInput({ policy, learntConflicts: needsTeams })))).toBe(
      '+POWER_BI_PRO +SPE_E3',
    );
  });

  it('go without when what they need is blocked', () => {
    const policy = granting('POWER_BI_PRO', 'SPE_E3');
    const held = { direct: [direct('STANDARDPACK', 'TEAMS1')] };

    const decision = decide(anInput({ policy, ...held, learntConflicts: needsTeams }));

    expect(decision.operation).toBeUndefined();
    expect(verdictOf(decision, 'POWER_BI_PRO')).toBe('blocked plans/dependency');
    expect(verdictOf(decision, 'SPE_E3')).toBe('blocked plans/conflict');
  });

  it('keep what they need from being removed', () => {
    const held = {
      direct: [direct('SPE_E3'), direct('POWER_BI_PRO')],
      ledger: [ours('SPE_E3', { notEntitledSince: now - 40 * day })],
    };

    const decision = decide(anInput({ ...held, learntConflicts: needsTeams }));

    expect(decision.operation).toBeUndefined();
    expect(outcomeOf(decision, 'SPE_E3')?.reason.text).toMatch(
      /^(EXCHANGE_S_ENTERPRISE|TEAMS1) of SPE_E3 stays, because BI_AZURE_P2 of POWER_BI_PRO needs it\. /,
    );
  });

  it('keep what they need from being switched off', () => {
    const policy = aPolicy({
      rules: [
        aRule('a', {
          assign: [aGrant('SPE_E3', { plans: disable('EXCHANGE_S_ENTERPRISE', 'TEAMS1', 'INTUNE_A') })],
        }),
      ],
    });
    const held = { direct: [direct('SPE_E3'), direct('POWER_BI_PRO')], ledger: [ours('SPE_E3')] };

    const decision = decide(anInput({ policy, ...held, learntConflicts: needsTeams }));

    expect(verdictOf(decision, 'SPE_E3')).toBe('blocked plans/needed-by');
    expect(decision.ledger).toEqual([ours('SPE_E3', { rules: ['a'] })]);
  });
});
