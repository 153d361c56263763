import { describe, expect, it } from '@jest/globals';
import { formatPolicy } from '../../../../shared/policy/file/format-policy';

const before = `# Who gets what
version: 1
exclusive:
  - [ "Microsoft 365 E5",   'Microsoft 365 E3' ]   # best first
rules:
  - name: all   # everybody
    assign:
      - sku: &suite Microsoft 365 E5
        fallback: [contoso:SPE_E3]
      - { sku: Microsoft 365 E3 (no Teams) }
  - name: more
    assign: [{ sku: *suite }, { sku: "OWN SKU" }]
prices:
  Enterprise Mobility + Security E3: 10.60   # a month
`;
const after = `# Who gets what
version: 1
exclusive:
  - [ SPE_E5,   SPE_E3 ]   # best first
rules:
  - name: all   # everybody
    assign:
      - sku: &suite SPE_E5
        fallback: [SPE_E3]
      - { sku: "Microsoft_365_E3_(no_Teams)" }
  - name: more
    assign: [{ sku: *suite }, { sku: "OWN SKU" }]
prices:
  EMS: 10.60   # a month
`;

describe('formatPolicy', () => {
  it('writes SKUs under their part numbers, and leaves comments and layout alone', () => {
    const formatted = formatPolicy(before);

    expect(formatted).toMatchObject({ kind: 'formatted', text: after, isOtherHash: false });
    expect(formatted.kind === 'formatted' ? formatted.changes : []).toEqual([
      { line: 4, column: 7, from: 'Microsoft 365 E5', to: 'SPE_E5' },
      { line: 4, column: 29, from: 'Microsoft 365 E3', to: 'SPE_E3' },
      { line: 8, column: 21, from: 'Microsoft 365 E5', to: 'SPE_E5' },
      { line: 9, column: 20, from: 'contoso:SPE_E3', to: 'SPE_E3' },
      { line: 10, column: 16, from: 'Microsoft 365 E3 (no Teams)', to: 'Microsoft_365_E3_(no_Teams)' },
      { line: 14, column: 3, from: 'Enterprise Mobility + Security E3', to: 'EMS' },
    ]);
  });

  it('changes nothing of what it wrote', () => {
    expect(formatPolicy(after)).toEqual({ kind: 'formatted', text: after, changes: [], isOtherHash: false });
  });

  it('names an id that Microsoft’s table has, and says that the policy is another one then', () => {
    const text =
      'version: 1\nrules: [{ name: a, assign: [{ sku: efccb6f7-5641-4e0e-bd10-b4976e1bf68e }, { sku: spe_e3 }] }]\n';

    expect(formatPolicy(text)).toMatchObject({
      text: 'version: 1\nrules: [{ name: a, assign: [{ sku: EMS }, { sku: SPE_E3 }] }]\n',
      isOtherHash: true,
    });
  });

  it('refuses a name of several SKUs with the candidates, and what would become one key twice', () => {
    const rules = 'version: 1\nrules: [{ name: a, assign: [{ sku: Microsoft 365 F1 }] }]\n';
    const prices =
      'version: 1\nrules: [{ name: a, assign: [{ sku: EMS }] }]\nprices: { EMS: 1, efccb6f7-5641-4e0e-bd10-b4976e1bf68e: 2 }\n';

    expect(formatPolicy(rules)).toMatchObject({
      kind: 'invalid',
      problems: [{ message: expect.stringMatching(/M365_F1 .*M365_F1_COMM/) as unknown }],
    });
    expect(formatPolicy(prices)).toMatchObject({ kind: 'invalid' });
    expect(formatPolicy('version: 2')).toMatchObject({ kind: 'invalid' });
  });
});
