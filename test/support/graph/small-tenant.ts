import { expect } from '@jest/globals';
import type { TenantLineInput } from '@auto-licenser/graph-emulator/tenant-line';
import { GraphError } from '../../../shared/graph/refusals/graph-error';
import { toServicePlanId, toSkuId } from '../../../shared/kernel/ids';
import { userId } from '../user-states';
import type { Needs } from '../../../shared/words/needs';

// SKUs and plans: https://learn.microsoft.com/entra/identity/users/licensing-service-plan-reference
export const ems = toSkuId('efccb6f7-5641-4e0e-bd10-b4976e1bf68e');

export const exchangeS = toSkuId('4b9405b0-7788-4568-add1-99614e613b69');

export const exchangeE = toSkuId('19ec0d23-8335-4cbd-94ac-6050e30712fa');

export const intune = toServicePlanId('c1ec4a95-1f05-45b3-a911-aa3fa01094f5');

export const entra = toServicePlanId('41781fb2-bc02-4b7c-bd55-b576c07bb09d');

export const exchangePlanS = toServicePlanId('9aaf7827-d63c-4b61-89c3-182f06f82e5c');

export const exchangePlanE = toServicePlanId('efb87545-963c-4e0d-99df-69c6916d9eb0');

export const staff = '10000000-0000-4000-8000-000000000001';

export const sales = '10000000-0000-4000-8000-000000000002';

export const licensed = '10000000-0000-4000-8000-000000000003';

export const boss = userId(900);

export const sku = (
  skuId: string,
  skuPartNumber: string,
  plans: [string, string][],
  enabled = 50,
): TenantLineInput => ({
  type: 'sku',
  skuId,
  skuPartNumber,
  prepaidUnits: { enabled },
  servicePlans: plans.map(([servicePlanId, servicePlanName]) => ({ servicePlanId, servicePlanName })),
});

export const user = (number: number, more: object = {}): TenantLineInput => ({
  type: 'user',
  id: userId(number),
  userPrincipalName: `user${number}@contoso.com`,
  displayName: `User ${number}`,
  userType: 'Member',
  accountEnabled: true,
  department: 'Sales',
  usageLocation: 'NL',
  ...more,
});

export const crowd = Array.from({ length: 250 }, (_, index) => userId(1_000 + index));

export const tenant: TenantLineInput[] = [
  {
    type: 'tenant',
    tenantId: '20000000-0000-4000-8000-000000000000',
    displayName: 'Contoso',
    domains: ['contoso.com'],
    countryLetterCode: 'NL',
  },
  sku(ems, 'EMS', [
    [intune, 'INTUNE_A'],
    [entra, 'AAD_PREMIUM'],
  ]),
  sku(exchangeS, 'EXCHANGESTANDARD', [[exchangePlanS, 'EXCHANGE_S_STANDARD']]),
  sku(exchangeE, 'EXCHANGEENTERPRISE', [[exchangePlanE, 'EXCHANGE_S_ENTERPRISE']]),
  sku('c5928f49-12ba-48f7-ada3-0d743a3601d5', 'VISIOCLIENT', [], 0),
  { type: 'exclusive', servicePlanIds: [exchangePlanS, exchangePlanE] },
  user(900),
  user(1, { managerId: boss, jobTitle: 'Seller' }),
  user(2, { usageLocation: null, department: null }),
  ...[3, 4, 5, 6, 7, 8].map((number) => user(number)),
  user(9, { usageLocation: null }),
  ...crowd.map((_, index) => user(1_000 + index)),
  { type: 'group', id: staff, displayName: 'SG-Staff', members: [sales] },
  { type: 'group', id: sales, displayName: "SG-Sales & O'Neil", members: [userId(1), ...crowd] },
  {
    type: 'group',
    id: licensed,
    displayName: 'SG-Licensed',
    members: [userId(8)],
    assignedLicenses: [{ skuId: exchangeS }],
  },
];

export const holdings: Needs = {
  properties: new Set(),
  directGroups: false,
  transitiveGroups: false,
};

export const settings = { echoMs: { min: 0, max: 0 } };

export async function classOf(work: Promise<unknown>): Promise<string> {
  const error: unknown = await work.then(
    () => undefined,
    (thrown: unknown) => thrown,
  );
  expect(error).toBeInstanceOf(GraphError);
  return (error as GraphError).class;
}
