import { assignLicense } from '@auto-licenser/graph-emulator/assign-license';
import { makeEngine } from '@auto-licenser/graph-emulator/engine';
import { updateUser } from '@auto-licenser/graph-emulator/update-user';
import { tenantLineSchema, type TenantLineInput } from '@auto-licenser/graph-emulator/tenant-line';
import type { GroupId, ServicePlanId, SkuId } from '../../../../shared/kernel/ids';
import type { Catalogue } from '../../../../shared/licensing/catalogue/catalogue';
import type { Operation, LearntConflicts } from '../../../../shared/licensing/decision';
import type { Holding } from '../../../../shared/licensing/holding/holding';

export type EmbeddedUser = {
  /** Sets the usage location if the operation says so, and posts its one call. Throws what Graph refuses. */
  carryOut(operation: Operation): void;
  holding(): Holding;
};

const userId = '0a6f6f4e-0000-4000-8000-000000000001';

/** One user in the embedded Graph, called in process. `free`: seats left beside what the user holds. */
export function makeEmbeddedUser(
  catalogue: Catalogue,
  learntConflicts: LearntConflicts,
  holding: Holding,
  free: (skuId: SkuId) => number,
  now: number,
): EmbeddedUser {
  const held = new Set(
    [...holding.direct, ...holding.inherited.filter((one) => one.error === null)].map((one) => one.skuId),
  );
  const lines: TenantLineInput[] = [
    {
      type: 'tenant',
      tenantId: '0a6f6f4e-0000-4000-8000-00000000000f',
      displayName: 'Contoso',
      domains: ['contoso.com'],
      countryLetterCode: 'NL',
    },
    ...catalogue.skus.map((sku) => ({
      type: 'sku' as const,
      skuId: sku.skuId,
      skuPartNumber: sku.skuPartNumber,
      appliesTo: sku.appliesTo,
      capabilityStatus: sku.capabilityStatus as 'Enabled',
      prepaidUnits: { enabled: Math.max(0, free(sku.skuId)) + (held.has(sku.skuId) ? 1 : 0) },
      servicePlans: sku.servicePlans.map((plan) => ({ ...plan })),
    })),
    ...learntConflicts.conflicts.map((pair) => ({ type: 'exclusive' as const, servicePlanIds: [...pair] })),
    ...learntConflicts.dependencies.map(({ plan, anyOf }) => ({
      type: 'dependency' as const,
      servicePlanId: plan,
      needsAnyOf: [...anyOf],
    })),
    {
      type: 'user',
      id: userId,
      userPrincipalName: 'user@contoso.com',
      usageLocation: holding.usageLocation,
      licenseAssignmentStates: [
        ...holding.direct.map(({ skuId, disabledPlans }) => ({ skuId, disabledPlans: [...disabledPlans] })),
        ...holding.inherited.map(({ skuId, disabledPlans, groupId, error }) => ({
          skuId,
          disabledPlans: [...disabledPlans],
          assignedByGroup: groupId,
          error,
        })),
      ],
    },
  ];
  const engine = makeEngine({
    tenant: lines.map((line) => tenantLineSchema.parse(line)),
    clock: { now: () => now },
    random: () => 0.5,
    epoch: 'test',
  });
  engine.clock.stop();
  const user = engine.tenant.findUser(userId);
  if (user === undefined) throw new Error('the embedded tenant has lost its user');
  return {
    carryOut({ add, remove, usageLocation }) {
      if (usageLocation !== undefined) updateUser(engine, user, { usageLocation });
      assignLicense(engine, user, { addLicenses: add, removeLicenses: remove });
    },
    holding: () => ({
      direct: user.version.direct.map(({ skuId, disabledPlans }) => ({
        skuId: skuId as SkuId,
        disabledPlans: disabledPlans as readonly ServicePlanId[],
        state: 'Active',
        error: null,
      })),
      inherited: user.version.inherited.map(({ skuId, disabledPlans, groupId, error }) => ({
        skuId: skuId as SkuId,
        disabledPlans: disabledPlans as readonly ServicePlanId[],
        groupId: groupId as GroupId,
        state: error === null ? 'Active' : 'Error',
        error,
      })),
      usageLocation: (user.version.properties.usageLocation as string | null | undefined) ?? null,
    }),
  };
}
