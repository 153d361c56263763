import { describe, expect, it } from '@jest/globals';
import { toGroupId } from '../../../shared/kernel/ids';
import { decide } from '../../../shared/licensing/decide';
import { explainUser } from '../../../shared/licensing/reasons/explain-user';
import { stateDigest } from '../../../shared/licensing/state-digest';
import { foldText } from '../../../shared/policy/fold-case';
import { loadPolicy } from '../../../shared/policy/file/load-policy';
import type { Policy } from '../../../shared/policy/policy';
import type { NamedGroups } from '../../../shared/policy/named-groups';
import { anInput, day, direct, now, ours, policyHash, sku } from './support/tenant';
import type { Situation } from './support/tenant';

const salesId = 'cccccccc-0000-4000-8000-000000000001';
const sales = { id: toGroupId(salesId), displayName: 'SG-Sales' };
const support = { id: toGroupId('cccccccc-0000-4000-8000-000000000002'), displayName: 'SG-Support' };
/** é as one character, and as e with a combining accent. */
const composed = 'SG-Andr\u00e9';
const decomposed = 'SG-Andre\u0301';

function policyOf(rules: string, scope = ''): Policy {
  const text = `version: 1\n${scope}rules:\n${rules}removal: { mode: remove, grace: 0d }\n`;
  const { policy, problems } = loadPolicy(text, { file: 'policy.yaml' });
  if (policy === null) throw new Error(JSON.stringify(problems));
  return { ...policy, hash: policyHash };
}

const byGroup = (...groups: readonly string[]) =>
  policyOf(`  - { name: rule, memberOf: [${groups.join(', ')}], assign: [{ sku: EMS }] }\n`);
const when = (condition: string) =>
  policyOf(`  - name: rule\n    when: '${condition}'\n    assign: [{ sku: EMS }]\n`);

/** Holds EMS by the rule, which stopped matching long ago: the removal would be due now. */
const due = { direct: [direct('EMS')], ledger: [ours('EMS', { notEntitledSince: now - 90 * day })] };
const missing = (names: readonly string[]): NamedGroups => ({
  ids: new Map(),
  unsure: new Map(names.map((name) => [foldText(name), { kind: 'unknown', ids: [] }])),
});
const decideFor = (policy: Policy, unknown: readonly string[], more: Situation = {}) => {
  const { memberships = { transitive: [] }, ...rest } = more;
  const known = { ...memberships, named: missing(unknown) };
  return decide(anInput({ policy, memberships: known, ...rest }));
};
const removes = (decision: ReturnType<typeof decide>) => decision.operation?.remove ?? [];

describe('a group that the tenant does not have is not an empty one', () => {
  it('takes the license of a former member of a group that is there', () => {
    expect(removes(decideFor(byGroup('SG-Sales'), [], due))).toEqual([sku('EMS')]);
  });

  it.each<[string, Policy, readonly string[], Situation]>([
    ['a name', byGroup('SG-Sales'), ['SG-Sales'], {}],
    ['a name in other letter case', byGroup('sg-SALES'), ['SG-Sales'], {}],
    ['an id', byGroup(salesId), [salesId], {}],
    ['an id in upper case', byGroup(salesId.toUpperCase()), [salesId], {}],
    ['one of two groups', byGroup('SG-Support', 'SG-Sales'), ['SG-Sales'], {}],
    ['a name in NFD', byGroup(decomposed), [composed], {}],
    [
      'a name beside a condition that holds',
      policyOf(`  - name: rule
    when: 'user.department -eq "Sales"'
    memberOf: [SG-Sales]
    assign: [{ sku: EMS }]
`),
      ['SG-Sales'],
      {},
    ],
    [
      'an id in a condition',
      when(`user.memberOf -any (group.objectId -in ["${salesId}"])`),
      [salesId],
      { properties: { memberOf: [] } },
    ],
    [
      'a name in a condition',
      when('user.memberOf -any (group.displayName -eq "SG-Sales")'),
      ['SG-Sales'],
      { properties: { memberOf: [support] } },
    ],
    [
      'a condition that says not',
      when('-not (user.memberOf -any (group.displayName -eq "SG-Sales"))'),
      ['SG-Sales'],
      { properties: { memberOf: [] } },
    ],
    [
      'the scope',
      policyOf(
        '  - { name: rule, assign: [{ sku: POWER_BI_PRO }] }\n',
        `scope: { when: 'user.memberOf -any (group.displayName -eq "SG-Sales")' }\n`,
      ),
      ['SG-Sales'],
      { properties: { memberOf: [] } },
    ],
    [
      'a group of the rule that gives a fallback',
      policyOf('  - { name: rule, memberOf: [SG-Sales], assign: [{ sku: SPE_E5, fallback: [EMS] }] }\n'),
      ['SG-Sales'],
      {},
    ],
  ])('takes nothing when it does not have what is named by %s', (_case, policy, unknown, more) => {
    const decision = decideFor(policy, unknown, { ...due, ...more });

    expect(removes(decision)).toEqual([]);
    const [reason] = decision.skus.filter(({ skuId }) => skuId === sku('EMS'));
    expect(reason?.reason).toMatchObject({ code: 'policy/unknown-group' });
    expect(reason?.reason.text).toMatch(/SG-|cccccccc/i);
  });

  it('tells a joiner the true reason, and does not say that no rule is for them', () => {
    const decision = decideFor(byGroup('SG-Sales'), ['SG-Sales']);

    expect(decision).toMatchObject({ outcome: 'blocked', skus: [{ outcome: 'blocked' }] });
    expect(decision.skus[0]?.reason.text).toContain('the tenant has no group "SG-Sales"');
    expect(decision.operation).toBeUndefined();
  });

  it('licenses who is in another group of the rule', () => {
    const memberships = { transitive: [support] };

    const decision = decideFor(byGroup('SG-Sales', 'SG-Support'), ['SG-Sales'], { memberships });

    expect(decision.operation?.add.map(({ skuId }) => skuId)).toEqual([sku('EMS')]);
  });

  it('leaves the other rules alone', () => {
    const policy = policyOf(`  - { name: rule, memberOf: [SG-Sales], assign: [{ sku: EMS }] }
  - { name: all, assign: [{ sku: POWER_BI_PRO }] }
`);

    const decision = decideFor(policy, ['SG-Sales'], due);

    expect(decision.operation).toMatchObject({ add: [{ skuId: sku('POWER_BI_PRO') }], remove: [] });
  });

  it('asks nothing of a group when the condition beside it is false', () => {
    const policy = policyOf(`  - name: rule
    when: 'user.department -eq "Legal"'
    memberOf: [SG-Sales]
    assign: [{ sku: EMS }]
`);

    expect(removes(decideFor(policy, ['SG-Sales'], due))).toEqual([sku('EMS')]);
  });

  it.each([
    [composed, decomposed],
    [decomposed, composed],
  ])('knows the member of a group whose name is composed otherwise', (named, displayName) => {
    const memberships = { transitive: [{ ...sales, displayName }] };

    expect(decideFor(byGroup(named), [], { memberships }).operation?.add).toHaveLength(1);
    const condition = when(`user.memberOf -any (group.displayName -eq "${named}")`);
    const properties = { memberOf: [{ id: salesId, displayName }] };
    expect(decideFor(condition, [], { properties }).operation?.add).toHaveLength(1);
  });

  it('is explained rule by rule', () => {
    const input = anInput({
      policy: byGroup('SG-Sales'),
      memberships: { transitive: [], named: missing(['sg-sales']) },
      ...due,
    });

    const { skus } = explainUser(input, decide(input));

    const ems = skus.find(({ skuId }) => skuId === sku('EMS'));
    expect(ems?.rules[0]?.text).toContain('could not be decided, because the tenant has no group "SG-Sales"');
  });

  it('is part of the digest, so that its return is looked at', () => {
    const policy = byGroup('SG-Sales');
    const digest = (unknown: readonly string[]) =>
      stateDigest(anInput({ policy, memberships: { transitive: [], named: missing(unknown) } }));

    expect(digest(['sg-sales'])).not.toBe(digest([]));
    expect(digest(['sg-other'])).toBe(digest([]));
  });
});
