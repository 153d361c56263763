import { describe, expect, it } from '@jest/globals';
import { decide } from '../../../shared/licensing/decide';
import type { UsageLocation } from '../../../shared/policy/policy';
import { operationOf } from './support/say';
import { aGrant, aPolicy, aRule, anInput, day, direct, now, ours } from './support/tenant';

const none: UsageLocation = { from: null, default: null };

describe('the usage location', () => {
  it.each<[string, UsageLocation | null, unknown, string | undefined, string]>([
    ['from a code', { from: 'country', default: null }, 'de', 'DE', 'usage-location/from-country'],
    ['from a name', { from: 'country', default: 'NL' }, ' germany ', 'DE', 'usage-location/from-country'],
    ['the default for no country', { from: 'country', default: 'nl' }, null, 'NL', 'usage-location/default'],
    [
      'the default for an unknown one',
      { from: 'country', default: 'NL' },
      'Narnia',
      'NL',
      'usage-location/default',
    ],
    ['the default alone', { from: null, default: 'NL' }, 'Germany', 'NL', 'usage-location/default'],
    ['neither', none, 'Germany', undefined, 'usage-location/missing'],
    ['no policy', null, 'Germany', undefined, 'usage-location/missing'],
    [
      'unknown and no default',
      { from: 'country', default: null },
      'Narnia',
      undefined,
      'usage-location/missing',
    ],
    [
      'the country was not read',
      { from: 'country', default: 'NL' },
      undefined,
      undefined,
      'usage-location/undecided',
    ],
  ])('%s', (_, usageLocation, country, expected, code) => {
    const policy = aPolicy({ usageLocation, rules: [aRule('a', { assign: [aGrant('EMS')] })] });
    const properties = { accountEnabled: true, ...(country === undefined ? {} : { country }) };

    const decision = decide(anInput({ policy, properties, usageLocation: null }));

    expect(decision.operation?.usageLocation).toBe(expected);
    expect(decision.outcome).toBe(expected === undefined ? 'blocked' : 'licensed');
    expect(decision.reasons.map((one) => one.code)).toContain(code);
  });

  it('that is set is never overwritten', () => {
    const policy = aPolicy({ rules: [aRule('a', { assign: [aGrant('EMS')] })] });

    const decision = decide(anInput({ policy, usageLocation: 'US' }));

    expect(decision.operation).not.toHaveProperty('usageLocation');
  });

  it('cannot be set with license-only permissions, and the reason says what to do', () => {
    const policy = aPolicy({ rules: [aRule('a', { assign: [aGrant('EMS')] })] });

    const decision = decide(anInput({ policy, usageLocation: null, permissions: 'license-only' }));

    expect(decision.operation).toBeUndefined();
    expect(decision.reasons.map((one) => one.text)).toEqual([
      'The user has no usage location, and this installation runs with license-only permissions, so it cannot set one. Set usageLocation on the user (in Active Directory: msExchUsageLocation), or grant User.ReadWrite.All and set LICENSER_PERMISSIONS to full.',
    ]);
  });

  it('is not needed, nor set, to take something away', () => {
    const held = { direct: [direct('EMS')], ledger: [ours('EMS', { notEntitledSince: now - 40 * day })] };

    const decision = decide(
      anInput({ policy: aPolicy({ usageLocation: none }), ...held, usageLocation: null }),
    );

    expect(operationOf(decision)).toBe('-EMS');
    expect(decision.operation).not.toHaveProperty('usageLocation');
  });

  it('is not set while nothing is assigned', () => {
    expect(decide(anInput({ usageLocation: null })).operation).toBeUndefined();
  });
});
