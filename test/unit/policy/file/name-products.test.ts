import { describe, expect, it } from '@jest/globals';
import { loadPolicy } from '../../../../shared/policy/file/load-policy';

const policy = (e3: string, e5: string, ems: string) => `version: 1
exclusive:
  - [${e5}, ${e3}]
rules:
  - name: all
    assign:
      - { sku: ${e5}, fallback: [${e3}] }
      - { sku: ${ems} }
adopt: [${e3}]
prices: { ${e3}: 36, ${ems}: 10 }
tests:
  - { user: {}, expect: { ${e5}: null } }
`;
const named = policy('Microsoft 365 E3', 'M365 E5', '"contoso:EMS"');
const plain = policy('SPE_E3', 'SPE_E5', 'EMS');

describe('products in a policy', () => {
  it('are their part numbers in every place, and the policy is the same one', () => {
    const { policy: read, problems } = loadPolicy(named);

    expect(problems).toEqual([]);
    expect(read).toEqual(loadPolicy(plain).policy);
    expect(read?.rules[0]?.assign.map(({ sku, fallback }) => [sku, fallback])).toEqual([
      ['SPE_E5', ['SPE_E3']],
      ['EMS', []],
    ]);
    expect(Object.keys(read?.prices ?? {})).toEqual(['SPE_E3', 'EMS']);
  });

  it('are errors where the name means several SKUs, with the candidates and the place', () => {
    const { policy: read, problems } = loadPolicy(policy('Microsoft 365 Business Basic', 'SPE_E5', 'EMS'), {
      file: 'p.yaml',
    });

    expect(read).toBeNull();
    expect(problems).toHaveLength(4);
    expect(problems[0]).toMatchObject({
      code: 'policy/ambiguous-sku',
      severity: 'error',
      file: 'p.yaml',
      line: 3,
      column: 14,
    });
    for (const { message } of problems) {
      expect(message).toContain('O365_BUSINESS_ESSENTIALS (Microsoft 365 Business Basic)');
      expect(message).toContain('SMB_BUSINESS_ESSENTIALS');
    }
  });

  it('must not be priced twice under two names', () => {
    const { policy: read, problems } = loadPolicy(
      'version: 1\nrules: [{ name: a, assign: [{ sku: EMS }] }]\nprices: { EMS: 1, "contoso:EMS": 2 }\n',
    );

    expect(read).toBeNull();
    expect(problems).toEqual([
      expect.objectContaining({ code: 'policy/duplicate-sku', line: 3, column: 19 }),
    ]);
  });

  it('stay as they are where the table does not know them', () => {
    const { policy: read } = loadPolicy(
      policy('OWN_E3', '"Contoso Suite 5"', '05e9a617-0261-4cee-bb44-138d3ef5d965'),
    );

    expect(read?.rules[0]?.assign.map(({ sku }) => sku)).toEqual([
      'Contoso Suite 5',
      '05e9a617-0261-4cee-bb44-138d3ef5d965',
    ]);
  });
});
