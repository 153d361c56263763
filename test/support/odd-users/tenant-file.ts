import { exclusivePlans, groupIds, plans, skus } from './make-odd-users';
import type { GroupName, OddUser, PlanName, SkuName } from './make-odd-users';

type Line = Readonly<Record<string, unknown>>;
const toOff = (off: readonly PlanName[]) => off.map((name) => plans[name]);

/** A tenant of these users, one JSON object a line; `seats`: of SKUs that do not have plenty. */
export function toTenantFile(
  users: readonly OddUser[],
  seats: Partial<Record<SkuName, number>> = {},
): string {
  const membersOf = (name: GroupName) =>
    users.filter(({ groups }) => groups.includes(name)).map(({ id }) => id);
  const group = (name: GroupName, displayName: string, more: Line = {}): Line => ({
    type: 'group',
    id: groupIds[name],
    displayName,
    mailEnabled: false,
    mailNickname: name,
    groupTypes: [],
    securityEnabled: true,
    members: membersOf(name),
    ...more,
  });
  const lines: Line[] = [
    {
      type: 'tenant',
      tenantId: 'aaaaaaaa-0000-4000-8000-000000000001',
      displayName: 'Contoso',
      domains: ['contoso.com'],
      countryLetterCode: 'NL',
    },
    ...Object.entries(skus).map(([skuPartNumber, { id, plans: names }]) => ({
      type: 'sku',
      skuId: id,
      skuPartNumber,
      prepaidUnits: { enabled: seats[skuPartNumber as SkuName] ?? 100_000 },
      servicePlans: names.map((name) => ({ servicePlanId: plans[name], servicePlanName: name })),
    })),
    ...exclusivePlans.map(([a, b]) => ({ type: 'exclusive', servicePlanIds: [plans[a], plans[b]] })),
    group('nested', 'SG-Nested'),
    group('engineers', 'SG-Engineers', { members: [...membersOf('engineers'), groupIds.nested] }),
    // Anybody may make a Team of the name: it does not count.
    group('team', 'SG-Engineers', { securityEnabled: false, groupTypes: ['Unified'], mailEnabled: true }),
    group('e3', 'LIC-E3', { assignedLicenses: [{ skuId: skus.SPE_E3.id, disabledPlans: [] }] }),
    group('e3WithoutYammer', 'LIC-E3-quiet', {
      assignedLicenses: [{ skuId: skus.SPE_E3.id, disabledPlans: toOff(['YAMMER_ENTERPRISE']) }],
    }),
    ...users.map((user) => toUserLine(user)),
  ];
  return `${lines.map((line) => JSON.stringify(line)).join('\n')}\n`;
}

function toUserLine({ id, properties, usageLocation, groups, hand }: OddUser): Line {
  const inherited = groups.flatMap((name) =>
    name === 'e3' || name === 'e3WithoutYammer'
      ? [
          {
            skuId: skus.SPE_E3.id,
            assignedByGroup: groupIds[name],
            disabledPlans: toOff(name === 'e3' ? [] : ['YAMMER_ENTERPRISE']),
          },
        ]
      : [],
  );
  const direct =
    hand === null ? [] : [{ skuId: skus[hand[0]].id, assignedByGroup: null, disabledPlans: toOff(hand[1]) }];
  return {
    type: 'user',
    id,
    ...properties,
    mailNickname: `odd${id.slice(-6)}`,
    usageLocation,
    licenseAssignmentStates: [...direct, ...inherited],
  };
}
