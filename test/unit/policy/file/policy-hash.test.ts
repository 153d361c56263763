import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { z } from 'zod';
import { loadPolicy } from '../../../../shared/policy/file/load-policy';
import { hashPolicy } from '../../../../shared/policy/file/policy-hash';
import { GrantInFile, PolicyFile, RuleInFile } from '../../../../shared/policy/file/policy-schema';
import { readYaml } from '../../../../shared/policy/file/yaml-source';

/** Texts as they stand in the table `policies`, with the hash under which the first version stored them. */
const stored = [
  ['complete.yaml', '0c53ba443041f0e954308b1d71371d2e6fa4f6a606412524cef9364ff067463c'],
  ['licensing.yaml', '015c3a6d4879c9a149cbaa628e3aeae9b5c77f4cce90db7d9c734321a9af8350'],
  ['sample-tenant.yaml', '42638301786476fb1e6164e999f72fb0fe2ae5a3983ca5949c3cff7b26e342e7'],
] as const;

const textOf = (file: string) => readFileSync(join(__dirname, 'stored-policies', file), 'utf8');
const hashOf = (text: string) => {
  const { policy, problems } = loadPolicy(text);
  return policy?.hash ?? problems;
};

const minimal = 'version: 1\nrules: [{ name: a, assign: [{ sku: EMS }] }]';
const minimalHash = '89ee5a923eaa0629f1dde0b237bccbcab3396ec73e3d2ec5ac0238261b534c38';

const everyKey = `version: 1
mode: observe
unconfirmed: undecided
scope: { when: 'user.accountEnabled -eq true' }
usageLocation: { from: country, default: nl }
exclusive: [[SPE_E5, SPE_E3]]
rules:
  - name: ' a '
    when: 'user.department -eq "Sales"'
    memberOf: [SG-A]
    assign:
      - { sku: EMS, disable: [INTUNE_A], fallback: [SPE_F1], priority: 3, newPlans: hold }
      - { sku: SPE_E5, enable: [TEAMS1] }
    without: [YAMMER_ENTERPRISE]
adopt: [EMS]
removal: { mode: remove, grace: 0 }
drift: report
guards: { maxReductions: { count: 5 }, maxChanges: { count: 9, percent: 1.5 } }
prices: { EMS: 8.8 }
tests:
  - { name: t, now: '2026-05-18T00:00:00Z', user: { department: Sales }, expect: { EMS: { off: [INTUNE_A] }, SPE_E5: null, SPE_F1: {} } }
`;

describe('a hash that the first version stored', () => {
  it.each(stored)('is the hash of %s still', (file, hash) => {
    expect(hashOf(textOf(file))).toBe(hash);
  });

  it('holds for a file that says every key, and for one that says none', () => {
    expect(hashOf(everyKey)).toBe('089e5ff082396444580af04a59c31c95242f508c685e7ea47a85354d520128e4');
    // Fails when a default changes: files in force would then mean something else.
    expect(hashOf(minimal)).toBe(minimalHash);
  });
});

describe('layout, order, comments and defaults', () => {
  it.each([
    [
      'defaults that are written out',
      `version: 1
mode: enforce
unconfirmed: assume
exclusive: []
rules: [{ name: a, without: [], assign: [{ priority: 0, sku: EMS, fallback: [], newPlans: on }] }]
adopt: []
removal: { grace: 30d, mode: keep }
drift: correct
guards: {}
prices: {}
tests: []`,
    ],
    [
      'layout, order and comments',
      '# a comment\nrules:\n  - assign:\n      - sku: EMS\n    name: "a"\nversion: 1 # another',
    ],
  ])('%s do not count', (_, text) => {
    expect(hashOf(text)).toBe(minimalHash);
  });

  it.each([
    ['a value', 'version: 1\nrules: [{ name: a, assign: [{ sku: EMS, priority: 1 }] }]'],
    ['a key', 'version: 1\nadopt: [EMS]\nrules: [{ name: a, assign: [{ sku: EMS }] }]'],
  ])('%s counts', (_, text) => {
    expect(hashOf(text)).not.toBe(minimalHash);
  });

  it('the order of a list counts', () => {
    const withOrder = (order: string) => hashOf(`${minimal}\nexclusive: [[${order}]]`);

    expect(withOrder('A, B')).not.toBe(withOrder('B, A'));
  });
});

// What a later version might add: keys with a default at every depth, and one without.
const laterGrant = GrantInFile.safeExtend({ seats: z.enum(['any', 'own']).default('any') });
const laterRule = RuleInFile.safeExtend({
  assign: z.array(laterGrant).default([]),
  later: z.strictObject({ mail: z.boolean().default(false) }).default({ mail: false }),
});
const laterFile = PolicyFile.safeExtend({
  rules: z.array(laterRule).min(1),
  removal: PolicyFile.shape.removal
    .unwrap()
    .safeExtend({ warn: z.boolean().default(true) })
    .default({ mode: 'keep', grace: '30d', warn: true }),
  later: z.enum(['nothing', 'outcomes']).default('nothing'),
  owner: z.string().exactOptional(),
});
const laterHashOf = (text: string) => {
  const file = laterFile.parse(readYaml(text, undefined).content);
  return hashPolicy(file, laterFile);
};

describe('a version that adds keys with a default', () => {
  it.each(stored)('leaves the hash of %s as it is', (file, hash) => {
    expect(laterHashOf(textOf(file))).toBe(hash);
  });

  it('leaves the hashes of a file with every key and of one with none', () => {
    expect(laterHashOf(everyKey)).toBe(hashOf(everyKey));
    expect(laterHashOf(minimal)).toBe(minimalHash);
  });

  it.each(['later: nothing', 'removal: { warn: true }', 'removal: { mode: keep, grace: 30d, warn: true }'])(
    'takes "%s", which says the default, for nothing said',
    (key) => {
      expect(laterHashOf(`${minimal}\n${key}`)).toBe(minimalHash);
    },
  );

  it.each([
    [`${minimal}\nlater: outcomes`],
    [`${minimal}\nowner: it`],
    [`${minimal}\nremoval: { warn: false }`],
    ['version: 1\nrules: [{ name: a, later: { mail: true }, assign: [{ sku: EMS }] }]'],
    ['version: 1\nrules: [{ name: a, assign: [{ sku: EMS, seats: own }] }]'],
  ])('tells apart what %j says with them', (text) => {
    expect(laterHashOf(text)).not.toBe(minimalHash);
  });
});
