import { describe, expect, it } from '@jest/globals';
import { makeOpsWorld } from '../../support/ops-world';

const policy = (sku: string) => `version: 1
rules:
  - name: sales
    when: 'user.department -eq "Sales"'
    assign: [{ sku: ${sku}, disable: [INTUNE_A] }]
tests:
  - name: sales without Intune
    user: { department: Sales }
    expect: { EMS: { off: [INTUNE_A] } }
  - name: everybody else
    user: { department: Legal }
    expect: { EMS: {} }
`;

describe('the check of a policy’s text', () => {
  it('runs the tests that it carries with the SKUs of the tenant', async () => {
    const { call } = await makeOpsWorld();

    const { status, body } = await call('viewer', 'POST', '/policies/check', { text: policy('EMS') });

    expect(status).toBe(200);
    expect(body).toMatchObject({
      valid: true,
      tests: [
        { number: 1, name: 'sales without Intune', passed: true, differences: [] },
        { number: 2, name: 'everybody else', passed: false, differences: ['EMS is not granted'] },
      ],
    });
  });

  it('says where it is wrong, and runs no test of a policy that cannot be used', async () => {
    const { call } = await makeOpsWorld();

    const { body } = await call('viewer', 'POST', '/policies/check', { text: policy('EMSX') });

    expect(body).toMatchObject({
      valid: false,
      problems: [{ severity: 'error', line: 5, message: 'The tenant has no SKU EMSX' }],
      tests: [],
    });
  });
});
