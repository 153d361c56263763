import { openGraph } from '@auto-licenser/graph-emulator/open-graph';
import type { OpenGraph } from '@auto-licenser/graph-emulator/open-graph';
import { tenantLineSchema } from '@auto-licenser/graph-emulator/tenant-line';
import type { TenantLine, TenantLineInput } from '@auto-licenser/graph-emulator/tenant-line';
import type { VirtualTime } from '../../rehearsal/world/virtual-time';
import type { Random } from '../../shared/kernel/random';
import { groupNames, groups, plans, skuNames, skus, userIdOf } from '../script/tenant-model';
import type { GroupKey, TenantModel, UserModel } from '../script/tenant-model';

export const tenantId = 'aaaaaaaa-0000-4000-8000-000000000001';

/** What directory sync says of a user of this number. */
export function propertiesOf(user: number, department: string): Record<string, unknown> {
  const name = `user${String(user)}`;
  return {
    userPrincipalName: `${name}@contoso.com`,
    mailNickname: name,
    displayName: name,
    accountEnabled: true,
    userType: 'Member',
    department,
  };
}

function linesOf({ seats, isNested, users }: TenantModel): TenantLine[] {
  const membersOf = (group: GroupKey) =>
    users.filter(({ memberOf }) => memberOf.includes(group)).map(({ user }) => userIdOf(user));
  const lines: TenantLineInput[] = [
    { type: 'tenant', tenantId, displayName: 'Contoso', domains: ['contoso.com'], countryLetterCode: 'NL' },
    ...skuNames.map((sku): TenantLineInput => ({
      type: 'sku',
      skuId: skus[sku].id,
      skuPartNumber: sku,
      prepaidUnits: { enabled: seats[sku] },
      servicePlans: skus[sku].plans.map((plan) => ({ servicePlanId: plans[plan], servicePlanName: plan })),
    })),
    ...(Object.keys(groups) as GroupKey[]).map((group): TenantLineInput => ({
      type: 'group',
      id: groups[group],
      displayName: groupNames[group],
      securityEnabled: true,
      mailEnabled: false,
      mailNickname: group,
      groupTypes: [],
      members: [...membersOf(group), ...(group === 'outer' && isNested ? [groups.inner] : [])],
    })),
    ...users.map((user): TenantLineInput => userLine(user)),
  ];
  return lines.map((line) => tenantLineSchema.parse(line));
}

function userLine({ user, department, manual }: UserModel): TenantLineInput {
  return {
    type: 'user',
    id: userIdOf(user),
    userPrincipalName: '',
    ...propertiesOf(user, department),
    usageLocation: 'NL',
    assignedLicenses: manual.map(({ sku, off }) => ({
      skuId: skus[sku].id,
      disabledPlans: off.map((plan) => plans[plan]),
    })),
  };
}

/** The tenant of a run, on its time. */
export function openTenant(model: TenantModel, time: VirtualTime, random: Random): OpenGraph {
  return openGraph({
    tenant: linesOf(model),
    clock: time.clock,
    later: (ms, run) => time.after(ms, run),
    random,
    settings: {
      tokenLifetimeSeconds: 1_000_000_000,
      // Old versions are kept from the start, so that reads may fall behind at any time.
      staleReadMs: 1,
    },
  });
}
