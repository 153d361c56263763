import { describe, expect, it } from '@jest/globals';
import { decide } from '../../../../shared/licensing/decide';
import { operationOf, verdictOf } from '../support/say';
import type { PlanName, Situation } from '../support/tenant';
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
  plans,
  sku,
} from '../support/tenant';
import type { Exception } from '../../../../shared/words/exception';

const pinTo = (off: readonly PlanName[] | null, until: number | null = null): Exception => ({
  skus: [{ skuId: sku('EMS'), disabledPlans: off === null ? null : plans(...off) }],
  until,
  why: 'ticket 4711',
  by: 'ops',
  at: 0,
});
const withoutIntune = aPolicy({
  rules: [aRule('rule', { assign: [aGrant('EMS', { plans: disable('INTUNE_A') })] })],
});
const held = {
  direct: [direct('EMS', 'INTUNE_A')],
  ledger: [ours('EMS', { disabledByUs: plans('INTUNE_A') })],
};

describe('an exception', () => {
  it.each<[string, Situation, string, string]>([
    [
      'holds against the policy',
      { exception: pinTo(['INTUNE_A', 'MFA_PREMIUM']), ...held },
      '+EMS(-INTUNE_A -MFA_PREMIUM)',
      'pinned pin/applied',
    ],
    ['switches on what is ours', { exception: pinTo([]), ...held }, '+EMS', 'pinned pin/applied'],
    ['that is fulfilled writes nothing', { exception: pinTo(['INTUNE_A']), ...held }, '', 'pinned pin/right'],
    ['takes what is ours at once', { exception: pinTo(null), ...held }, '-EMS', 'pinned pin/removed'],
    ['keeps away what the policy grants', { exception: pinTo(null) }, '', 'pinned pin/absent'],
    [
      'keeps what the policy does not grant',
      { exception: pinTo(['INTUNE_A']), ...held, policy: aPolicy() },
      '',
      'pinned pin/right',
    ],
    [
      'gives what is not held',
      { exception: pinTo(['MFA_PREMIUM']) },
      '+EMS(-MFA_PREMIUM)',
      'pinned pin/applied',
    ],
    [
      'waits for a seat like anybody',
      { exception: pinTo([]), seats: { EMS: 0 } },
      '',
      'waiting seats/exhausted',
    ],
    [
      'leaves what was assigned by hand',
      { exception: pinTo(null), direct: [direct('EMS')] },
      '',
      'pinned pin/not-ours',
    ],
    [
      'leaves the plans of what was assigned by hand',
      { exception: pinTo(['INTUNE_A']), direct: [direct('EMS')] },
      '',
      'pinned pin/not-ours',
    ],
    [
      'leaves what comes from a group',
      { exception: pinTo(null), inherited: [inherited('EMS')] },
      '',
      'pinned pin/not-ours',
    ],
    [
      'that has ended counts for nothing',
      { exception: pinTo(null, now), ...held },
      '',
      'nothing license/right',
    ],
    [
      'keeps a leaver’s license',
      { exception: pinTo(['INTUNE_A']), ...held, properties: { accountEnabled: false } },
      '',
      'pinned pin/right',
    ],
    [
      'gives a leaver nothing',
      { exception: pinTo([]), properties: { accountEnabled: false } },
      '',
      'nothing said',
    ],
  ])('%s', (_, situation, operation, verdict) => {
    const decision = decide(anInput({ policy: withoutIntune, ...situation }));

    expect(operationOf(decision)).toBe(operation);
    expect(verdictOf(decision, 'EMS')).toBe(verdict);
  });

  it('is looked at again when it ends, and the policy takes over then', () => {
    const exception = pinTo([], now + day);

    const during = decide(
      anInput({ policy: withoutIntune, exception, direct: [direct('EMS')], ledger: [ours('EMS')] }),
    );
    const after = decide(
      anInput({
        policy: withoutIntune,
        exception,
        direct: [direct('EMS')],
        ledger: [ours('EMS')],
        now: now + day,
      }),
    );

    expect([during.outcome, during.operation, during.lookAgainAt]).toEqual(['pinned', undefined, now + day]);
    expect(operationOf(after)).toBe('+EMS(-INTUNE_A)');
  });

  it('keeps a better SKU of the same exclusive group away', () => {
    const policy = aPolicy({
      exclusive: [['SPE_E5', 'EMS']],
      rules: [aRule('rule', { assign: [aGrant('SPE_E5')] })],
    });

    const decision = decide(anInput({ policy, exception: pinTo(['INTUNE_A']), ...held }));

    expect(decision.operation).toBeUndefined();
    expect(verdictOf(decision, 'SPE_E5')).toBe('pinned pin/beside');
  });

  it('suspends the end of what it keeps', () => {
    const ledger = [ours('EMS', { notEntitledSince: now - 90 * day })];

    const decision = decide(
      anInput({ policy: aPolicy(), exception: pinTo([]), direct: [direct('EMS')], ledger }),
    );

    expect(decision.operation).toBeUndefined();
    expect(decision.ledger).toEqual([ours('EMS')]);
  });
});
