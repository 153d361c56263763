import { describe, expect, it } from '@jest/globals';
import { freeSeats } from '../../../../shared/licensing/catalogue/catalogue';
import { decide } from '../../../../shared/licensing/decide';
import { explainSku } from '../../../../shared/ops/skus/explain-sku';
import { checkPolicy } from '../../../../shared/policy/check-policy';
import { operationOf, outcomeOf } from '../support/say';
import { aGrant, aPolicy, aRule, aSku, anInput, tenantWith } from '../support/tenant';

const lapsed = { enabledUnits: 0, warningUnits: 30, consumedUnits: 0 };

describe('seats in their grace period after a subscription expired', () => {
  it.each([
    ['none is taken: one is tried', lapsed, 1],
    ['some are taken: one is tried', { ...lapsed, consumedUnits: 29 }, 1],
    ['all are taken', { ...lapsed, consumedUnits: 30 }, -30],
    ['more than all are taken', { ...lapsed, consumedUnits: 31 }, -31],
    ['beside paid ones: those count', { enabledUnits: 10, warningUnits: 30, consumedUnits: 4 }, 6],
    ['beside paid ones that are taken', { enabledUnits: 10, warningUnits: 30, consumedUnits: 10 }, 1],
    ['there are none', { enabledUnits: 0, warningUnits: 0, consumedUnits: 0 }, 0],
    ['it is not said whether there are', { enabledUnits: 3, consumedUnits: 3 }, 0],
  ])('%s', (_, seats, free) => {
    expect(freeSeats(aSku('EMS', seats))).toBe(free);
  });

  it('are told as what they are, not as seats to buy', () => {
    const { assignable, note } = explainSku(aSku('EMS', lapsed));

    expect(assignable).toBe(true);
    expect(note).toContain('30 seats are in their grace period: renew the subscription');
    expect(note).not.toContain('bought');
  });

  it('of which none can be had are told so to the user who waits', () => {
    const decision = decide(
      anInput({
        policy: aPolicy({ rules: [aRule('rule', { assign: [aGrant('EMS')] })] }),
        catalogue: tenantWith({ EMS: lapsed }),
        seats: { EMS: 0 },
      }),
    );

    expect(operationOf(decision)).toBe('');
    expect(outcomeOf(decision, 'EMS')?.reason.text).toContain(
      'Its 30 seats are in their grace period: renew the subscription.',
    );
  });
});

describe('a subscription that lapsed, in policy check', () => {
  it.each([
    ['Warning', 'It has expired and is in its grace period: renew it.'],
    ['Suspended', 'Renew it or buy it again'],
    ['Deleted', 'Renew it or buy it again'],
    ['LockedOut', 'Renew it or buy it again'],
  ])('%s: says to renew, not to change the policy', (capabilityStatus, hint) => {
    const text = 'version: 1\nrules:\n  - name: a\n    assign: [{ sku: EMS }]\n';

    const { problems } = checkPolicy(text, {
      file: 'p.yaml',
      skus: [aSku('EMS', { capabilityStatus })],
      groups: new Map(),
    });

    const found = problems.find(({ code }) => code === 'policy/sku-status');
    expect(found?.message).toContain(capabilityStatus);
    expect(found?.hint).toContain(hint);
  });
});
