import { describe, expect, it } from '@jest/globals';
import { decide } from '../../../../shared/licensing/decide';
import { operationOf, outcomeOf, verdictOf } from '../support/say';
import type { Situation } from '../support/tenant';
import {
  aGrant,
  aPolicy,
  aRule,
  anInput,
  day,
  direct,
  inherited,
  now,
  ours,
  sku,
  tenantWith,
} from '../support/tenant';

describe('an exclusive group', () => {
  const exclusive = [['SPE_E5', 'SPE_E3', 'SPE_F1']];
  const granting = (...names: string[]) =>
    aPolicy({ exclusive, rules: names.map((name) => aRule(name, { assign: [aGrant(name)] })) });
  const longAgo = now - 40 * day;

  it.each<[string, string[], Situation, string, string]>([
    [
      'up at once, in one call',
      ['SPE_E5'],
      { direct: [direct('SPE_E3')], ledger: [ours('SPE_E3')] },
      '+SPE_E5 -SPE_E3',
      'licensed license/assigned',
    ],
    [
      'up from two',
      ['SPE_E5'],
      {
        direct: [direct('SPE_F1', 'EXCHANGE_S_DESKLESS'), direct('SPE_E3')],
        ledger: [ours('SPE_E3'), ours('SPE_F1')],
      },
      '+SPE_E5 -SPE_E3 -SPE_F1',
      'licensed license/assigned',
    ],
    [
      'no seat above: what is held stands in, granted or not',
      ['SPE_E5'],
      {
        direct: [direct('SPE_E3')],
        ledger: [ours('SPE_E3', { notEntitledSince: longAgo })],
        seats: { SPE_E5: 0 },
      },
      '',
      'waiting seats/exhausted',
    ],
    [
      'no seat above: the lower one that is granted too',
      ['SPE_E5', 'SPE_F1'],
      { seats: { SPE_E5: 0 } },
      '+SPE_F1',
      'waiting seats/exhausted',
    ],
    [
      'by hand and lower: stays, and the plans exclude each other',
      ['SPE_E5'],
      { direct: [direct('SPE_F1')] },
      '',
      'blocked plans/conflict',
    ],
    [
      'by hand and lower: stays, and nothing is in the way',
      ['SPE_E5'],
      { direct: [direct('SPE_E3')] },
      '+SPE_E5',
      'licensed license/assigned',
    ],
    [
      'inherited and lower: stays, and the plans exclude each other',
      ['SPE_E5'],
      { inherited: [inherited('SPE_F1')] },
      '',
      'blocked plans/conflict',
    ],
  ])('%s', (_, granted, situation, operation, verdict) => {
    const decision = decide(anInput({ policy: granting(...granted), ...situation }));

    expect(operationOf(decision)).toBe(operation);
    expect(verdictOf(decision, 'SPE_E5')).toBe(verdict);
  });

  it.each<[string, Situation, string, string]>([
    ['better by hand: nothing is given', { direct: [direct('SPE_E5')] }, '', 'nothing exclusive/better-held'],
    [
      'better from a group: nothing is given',
      { inherited: [inherited('SPE_E5')] },
      '',
      'nothing exclusive/better-held',
    ],
    [
      'our better one, in grace: nothing yet',
      { direct: [direct('SPE_E5')], ledger: [ours('SPE_E5')] },
      '',
      'grace exclusive/covered',
    ],
    [
      'our better one, grace over: one call',
      { direct: [direct('SPE_E5')], ledger: [ours('SPE_E5', { notEntitledSince: longAgo })] },
      '+SPE_E3 -SPE_E5',
      'licensed license/assigned',
    ],
    [
      'our better one, grace over, no seat below: it stays',
      {
        direct: [direct('SPE_E5')],
        ledger: [ours('SPE_E5', { notEntitledSince: longAgo })],
        seats: { SPE_E3: 0 },
      },
      '',
      'waiting seats/exhausted',
    ],
    [
      'our better one, grace over, below not in service: it stays',
      {
        direct: [direct('SPE_E5')],
        ledger: [ours('SPE_E5', { notEntitledSince: longAgo })],
        catalogue: tenantWith({ SPE_E3: { capabilityStatus: 'Suspended' } }),
      },
      '',
      'blocked sku/not-active',
    ],
  ])('down to SPE_E3: %s', (_, situation, operation, verdict) => {
    const decision = decide(anInput({ policy: granting('SPE_E3'), ...situation }));

    expect(operationOf(decision)).toBe(operation);
    expect(verdictOf(decision, 'SPE_E3')).toBe(verdict);
  });

  it('keeps the better one, and its date, when the one below cannot come', () => {
    const ledger = [ours('SPE_E5', { notEntitledSince: longAgo })];

    const decision = decide(
      anInput({ policy: granting('SPE_E3'), direct: [direct('SPE_E5')], ledger, seats: { SPE_E3: 0 } }),
    );

    expect(decision.ledger).toEqual(ledger);
    expect(verdictOf(decision, 'SPE_E5')).toBe('nothing removal/replacement-missing');
    expect(outcomeOf(decision, 'SPE_E3')?.fallback).toBe(sku('SPE_E5'));
  });

  it('under "keep" stays with the better one', () => {
    const policy = aPolicy({ ...granting('SPE_E3'), removal: { mode: 'keep', graceMs: 0 } });
    const ledger = [ours('SPE_E5', { notEntitledSince: longAgo })];

    const decision = decide(anInput({ policy, direct: [direct('SPE_E5')], ledger }));

    expect(decision.operation).toBeUndefined();
    expect(verdictOf(decision, 'SPE_E3')).toBe('nothing exclusive/covered');
  });

  it('reports two that are held when one is not ours', () => {
    const held = {
      direct: [direct('SPE_E5'), direct('SPE_E3')],
      ledger: [ours('SPE_E3', { rules: ['SPE_E3'] })],
    };

    const decision = decide(anInput({ policy: granting('SPE_E3'), ...held }));

    expect(decision.operation).toBeUndefined();
    expect(decision.findings.map((one) => one.code)).toEqual(['exclusive/two-held']);
  });
});
