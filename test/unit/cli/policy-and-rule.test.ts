import { describe, expect, it } from '@jest/globals';
import { files, run } from './support/policy-files';

describe('licenser policy', () => {
  it('checks a file, and says that names were not checked', async () => {
    const { code, out } = await run('policy', 'check', 'policy.yaml');

    expect(code).toBe(0);
    expect(out).toContain('policy.yaml: valid, 0 errors, 0 warnings');
    expect(out).toContain('were not checked');
  });

  it('checks names against a catalogue', async () => {
    const { code, json } = await run('policy', 'check', 'policy.yaml', '--catalogue', 'skus.json', '--json');

    expect(code).toBe(1);
    expect(json()).toMatchObject({
      valid: false,
      namesChecked: true,
      problems: [
        { code: 'policy/unknown-sku', line: 3, column: 69, file: 'policy.yaml' },
        { code: 'policy/unknown-sku', path: 'tests.0.expect.EMS' },
      ],
    });
  });

  it('prints problems in the form editors understand', async () => {
    const { code, out } = await run('policy', 'check', 'wrong.yaml');

    expect(code).toBe(1);
    expect(out).toContain(
      'wrong.yaml:3:37: error: Unknown key "disabel" [policy/unknown-key]\n    Did you mean "disable"?',
    );
  });

  it('runs the tests of a policy', async () => {
    const fine = await run('policy', 'test', 'policy.yaml', '--json');
    const failing = await run('policy', 'test', 'failing.yaml', '--json');

    expect(fine).toMatchObject({ code: 0 });
    expect(fine.json()).toMatchObject({ passed: 1, failed: 0 });
    expect(failing).toMatchObject({ code: 1 });
    expect(failing.json()).toMatchObject({
      failed: 1,
      tests: [{ name: 'not for all', passed: false, differences: ['EMS is granted, and should not be'] }],
    });
    expect((await run('policy', 'test', 'wrong.yaml')).code).toBe(1);
  });

  it('runs them with the SKUs of a tenant, where plans are known', async () => {
    files['groups.yaml'] = `version: 1
rules:
  - { name: a, memberOf: [SG-A], assign: [{ sku: EMS, enable: [AAD_PREMIUM] }] }
tests:
  - { user: { memberOf: [sg-a] }, expect: { EMS: { off: [INTUNE_A] } } }
  - { user: { memberOf: [sg-a] }, expect: { EMS: { off: [] } } }
  - { user: { memberOf: [SG-B] }, expect: { EMS: null } }
`;
    files['ems.json'] = JSON.stringify([
      {
        skuId: 'efccb6f7-5641-4e0e-bd10-b4976e1bf68e',
        skuPartNumber: 'EMS',
        servicePlans: [
          { servicePlanId: 'c1ec4a95-1f05-45b3-a911-aa3fa01094f5', servicePlanName: 'INTUNE_A' },
          { servicePlanId: '41781fb2-bc02-4b7c-bd55-b576c07bb09d', servicePlanName: 'AAD_PREMIUM' },
        ],
      },
    ]);
    const { json } = await run('policy', 'test', 'groups.yaml', '--catalogue', 'ems.json', '--json');

    expect(json()).toMatchObject({
      tests: [
        { passed: true },
        { passed: false, differences: ['EMS: INTUNE_A is off, and should be on'] },
        { passed: true },
      ],
    });
  });

  it('prints the JSON Schema', async () => {
    const { code, json } = await run('policy', 'schema');

    expect(code).toBe(0);
    expect(json()).toMatchObject({
      type: 'object',
      additionalProperties: false,
      required: ['version', 'rules'],
      properties: { mode: { enum: ['enforce', 'observe'] }, rules: { type: 'array' } },
    });
  });
});

describe('--help', () => {
  it.each([
    [[]],
    [['rule']],
    [['rule', 'match']],
    [['rule', 'explain']],
    [['policy', 'check']],
    [['policy', 'test']],
    [['policy', 'schema']],
  ])('of %j ends with 0', async (words) => {
    const { code, out } = await run(...words, '--help');

    expect(code).toBe(0);
    expect(out).toContain('Usage: licenser');
  });
});
