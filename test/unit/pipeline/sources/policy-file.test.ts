import { describe, expect, it } from '@jest/globals';
import { compilePolicy } from '../../../../shared/pipeline/sources/policy-file';

const textOf = (sku: string) =>
  `version: 1\nusageLocation: { default: NL }\nrules: [{ name: all, assign: [{ sku: ${sku} }] }]\n`;

describe('compiling the text of a policy', () => {
  it('is done once for a text that is met again, whatever it is known by', () => {
    expect(compilePolicy(textOf('EMS'), 'stored')).toBe(compilePolicy(textOf('EMS'), 'policy.yaml'));
    expect(compilePolicy(textOf('SPE_E5'), 'policy.yaml').hash).not.toBe(
      compilePolicy(textOf('EMS'), 'policy.yaml').hash,
    );
  });

  it('keeps a few alone', () => {
    const first = compilePolicy(textOf('FIRST'), 'policy.yaml');
    for (const sku of ['A', 'B', 'C', 'D']) compilePolicy(textOf(sku), 'policy.yaml');
    const again = compilePolicy(textOf('FIRST'), 'policy.yaml');
    expect(again).not.toBe(first);
    expect(again).toEqual(first);
  });

  it('says each time what is wrong, by the name that the text has then', () => {
    for (const name of ['one.yaml', 'other.yaml'])
      expect(() => compilePolicy('version: 1\nrules: none\n', name)).toThrow(name);
  });
});
