import { checkPolicy } from '../../../../shared/policy/check-policy';
import type { PolicySku } from '../../../../shared/policy/checks/policy-catalogue';

// Ids: https://learn.microsoft.com/entra/identity/users/licensing-service-plan-reference
export const plan = (servicePlanName: string, servicePlanId: string, appliesTo = 'User') => ({
  servicePlanName,
  servicePlanId,
  appliesTo,
});

export const exchangeStandard = plan('EXCHANGE_S_STANDARD', '9aaf7827-d63c-4b61-89c3-182f06f82e5c');

export const exchangeEnterprise = plan('EXCHANGE_S_ENTERPRISE', 'efb87545-963c-4e0d-99df-69c6916d9eb0');

export const archive = plan('EXCHANGE_S_ARCHIVE', 'da040e0a-b393-4bea-bb76-928b3fa1cf5a');

export const sku = (
  skuPartNumber: string,
  skuId: string,
  servicePlans: PolicySku['servicePlans'],
  more = {},
): PolicySku => ({
  skuId,
  skuPartNumber,
  appliesTo: 'User',
  capabilityStatus: 'Enabled',
  servicePlans,
  ...more,
});

export const skus: PolicySku[] = [
  sku('EMS', 'efccb6f7-5641-4e0e-bd10-b4976e1bf68e', [
    plan('INTUNE_A', 'c1ec4a95-1f05-45b3-a911-aa3fa01094f5'),
    plan('AAD_PREMIUM', '41781fb2-bc02-4b7c-bd55-b576c07bb09d'),
    plan('EXCHANGE_S_FOUNDATION', '113feb6c-3fe4-4440-bddc-54d774bf0318', 'Company'),
  ]),
  sku('EXCHANGESTANDARD', '4b9405b0-7788-4568-add1-99614e613b69', [exchangeStandard]),
  sku('SPE_E5', '06ebc4ee-1bb5-47dd-8120-11324bc54e06', [exchangeEnterprise]),
  sku('EXCHANGEARCHIVE', 'ee02fd1b-340e-4a4b-b355-4a514e4c8943', [archive]),
  sku('WINDOWS_STORE', '6470687e-a428-4b7a-bef2-8a291ad947c9', [], { appliesTo: 'Company' }),
  sku('SPE_F1', '66b55226-6b4f-492c-910c-a3b7a3c9d993', [archive], { capabilityStatus: 'Suspended' }),
];

export const policyOf = (rules: string, more = '') => `version: 1\n${more}\nrules:\n${rules}\n`;

export const rule = (name: string, when: string | null, rest: string) =>
  `  - { name: ${name}, ${when === null ? '' : `when: '${when}', `}${rest} }`;

export const codesOf = (text: string, options = {}) =>
  checkPolicy(text, options)
    .problems.filter((problem) => problem.code.startsWith('policy/'))
    .map((problem) => problem.code);
