import { describe, expect, it } from '@jest/globals';
import type { ServicePlanId } from '../../../shared/kernel/ids';
import { stateDigest } from '../../../shared/licensing/state-digest';
import type { Situation } from './support/tenant';
import {
  aGrant,
  aPolicy,
  aRule,
  anInput,
  day,
  department,
  direct,
  inherited,
  minute,
  now,
  ours,
  plans,
  salesperson,
  sku,
  tenantWith,
} from './support/tenant';

const policy = aPolicy({
  rules: [aRule('rule', { when: department('Sales'), assign: [aGrant('EMS', { fallback: ['SPE_E3'] })] })],
});
const base: Situation = {
  policy,
  direct: [direct('EMS', 'INTUNE_A', 'MFA_PREMIUM')],
  ledger: [ours('EMS', { notEntitledSince: now - 29 * day })],
};
const [intune, teams] = plans('INTUNE_A', 'TEAMS1') as [ServicePlanId, ServicePlanId];
const lapsed = (ms: number) => [
  ours('EMS', { notEntitledSince: now - 29 * day, lapsedRules: [{ rule: 'rule', since: now - ms }] }),
];
const digest = (changes: Situation = {}) => stateDigest(anInput({ ...base, ...changes }));

describe('the digest of everything that deciding looks at', () => {
  it('is SHA-256 in hex', () => {
    expect(digest()).toMatch(/^[0-9a-f]{64}$/);
  });

  it.each<[string, Situation]>([
    ['a property that no rule asks for', { properties: { ...salesperson, displayName: 'New name' } }],
    [
      'the order of disabled plans',
      { direct: [{ ...direct('EMS'), disabledPlans: plans('INTUNE_A', 'MFA_PREMIUM').reverse() }] },
    ],
    ['how many seats are free', { seats: { SPE_E3: 3 } }],
    [
      'a SKU that is neither named nor held',
      { catalogue: tenantWith({ STANDARDPACK: { capabilityStatus: 'Suspended' } }) },
    ],
    ['consumed units', { catalogue: tenantWith({ SPE_E3: { consumedUnits: 40 } }) }],
    ['seats of a SKU that is held', { seats: { EMS: 0 } }],
    [
      'a group that no rule names',
      { memberships: { transitive: [{ id: 'x' as never, displayName: 'Any' }] } },
    ],
    ['time that ends nothing', { now: now + 1000 }],
    ['what is known of plans of other SKUs', { learntConflicts: { conflicts: [], dependencies: [] } }],
    [
      'a conflict with a plan of no such SKU',
      { learntConflicts: { conflicts: [[intune, 'd'.repeat(8) as never]], dependencies: [] } },
    ],
    ['an exception that has ended', { exception: { skus: [], until: now, why: 'over', by: 'ops', at: 0 } }],
  ])('does not change with %s', (_, changes) => {
    expect(digest(changes)).toBe(digest());
  });

  it.each<[string, Situation]>([
    ['the policy', { policy: { ...policy, hash: 'b'.repeat(64) as never } }],
    ['a rule’s truth', { properties: { ...salesperson, department: 'Legal' } }],
    ['a property that was not read', { properties: { accountEnabled: true, country: 'Netherlands' } }],
    ['the scope', { properties: { ...salesperson, accountEnabled: false } }],
    ['a plan that is off', { direct: [direct('EMS', 'INTUNE_A')] }],
    ['another license', { direct: [...(base.direct ?? []), direct('SPE_E3')] }],
    ['an inherited license', { inherited: [inherited('EMS')] }],
    ['a license in error', { direct: [{ ...direct('EMS', 'INTUNE_A', 'MFA_PREMIUM'), state: 'Error' }] }],
    ['the ledger', { ledger: [ours('EMS')] }],
    ['grace that ends', { now: now + 2 * day }],
    ['a rule that stopped matching', { ledger: lapsed(10 * minute - 1) }],
    [
      'an exception',
      {
        exception: {
          skus: [{ skuId: sku('EMS'), disabledPlans: null }],
          until: null,
          why: 'a case',
          by: 'ops',
          at: 0,
        },
      },
    ],
    ['no seat any more', { seats: { SPE_E3: 0 } }],
    ['scarce seats', { listOnly: ['SPE_E3'] }],
    ['a SKU’s status', { catalogue: tenantWith({ SPE_E3: { capabilityStatus: 'Suspended' } }) }],
    ['a SKU’s plans', { catalogue: tenantWith({ SPE_E3: { servicePlans: [] } }) }],
    ['the known plans', { knownPlans: new Map([[sku('EMS'), new Set(plans('INTUNE_A'))]]) }],
    [
      'a conflict between plans of SKUs that the user may come to hold',
      { learntConflicts: { conflicts: [[intune, teams]], dependencies: [] } },
    ],
    [
      'a prerequisite of a plan that the user may come to hold',
      { learntConflicts: { conflicts: [], dependencies: [{ plan: teams, anyOf: [intune] }] } },
    ],
    ['the usage location', { usageLocation: null }],
    ['the permissions', { permissions: 'license-only' }],
    ['a deleted user', { deleted: true }],
    ['a guard’s hold', { hold: { reductions: { code: 'guard/reductions', text: 'Held.' }, changes: null } }],
  ])('changes with %s', (_, changes) => {
    expect(digest(changes)).not.toBe(digest());
  });

  it('looks at the seats of a SKU only where a rule may give it to this user', () => {
    const elsewhere = { properties: { ...salesperson, department: 'Legal' } };

    expect(digest({ ...elsewhere, seats: { SPE_E3: 0 } })).toBe(digest(elsewhere));
  });

  it('changes when a rule that stopped matching counts no more, and not before', () => {
    const ledger = lapsed(0);
    const after = (ms: number) => digest({ ledger, now: now + ms });

    expect(after(10 * minute - 1)).toBe(after(0));
    expect(after(10 * minute)).not.toBe(after(0));
  });

  it('looks at the country only while the usage location is to be found', () => {
    const in_ = (country: string, usageLocation: string | null) =>
      digest({ properties: { ...salesperson, country }, usageLocation });

    expect(in_('Germany', 'NL')).toBe(in_('Belgium', 'NL'));
    expect(in_('Germany', null)).not.toBe(in_('Belgium', null));
  });
});
