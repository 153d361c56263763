import type { Directory, DirectoryUser, FoundGroup, LicenseWrite } from '../../../shared/graph/directory';
import { isGuid, toGroupId, toServicePlanId, toSkuId } from '../../../shared/kernel/ids';
import type { UserId } from '../../../shared/kernel/ids';
import type { GroupReference, Needs } from '../../../shared/words/needs';
import type { SubscribedSku } from '../../../shared/words/sku';

export const ems = toSkuId('efccb6f7-5641-4e0e-bd10-b4976e1bf68e');
export const intune = toServicePlanId('c1ec4a95-1f05-45b3-a911-aa3fa01094f5');
export const premium = toServicePlanId('41781fb2-bc02-4b7c-bd55-b576c07bb09d');

const anyGroup = (reference: string): GroupReference => ({
  id: toGroupId(isGuid(reference) ? reference : 'cccccccc-0000-4000-8000-000000000001'),
  displayName: reference,
});

/** The tenant of one user, and where a test may interfere. */
export const makeWorldKnobs = () => ({
  seats: { enabled: 100, consumed: 1 },
  /** Beside EMS. */
  moreSkus: [] as SubscribedSku[],
  user: {
    properties: { userType: 'Member', department: 'Sales', usageLocation: 'NL' } as Record<string, unknown>,
    assignments: [] as DirectoryUser['assignments'],
    isThere: true,
    groups: undefined as readonly GroupReference[] | undefined,
  },
  /** Groups of the tenant; null: every group that is asked for by name is there. */
  tenantGroups: null as readonly FoundGroup[] | null,
  /** Called where the world may interfere; throwing stands for what the other side answers. */
  beforeRead: async (): Promise<void> => undefined,
  beforeCommit: async (): Promise<void> => undefined,
  beforeWrite: async (_write: LicenseWrite): Promise<void> => undefined,
  afterWrite: async (_write: LicenseWrite): Promise<void> => undefined,
  onQuota: async (): Promise<void> => undefined,
});

/** Graph as the handlers see it: the user of `world`, and each license write noted in `writes`. */
export function makeWorldDirectory(
  world: ReturnType<typeof makeWorldKnobs>,
  writes: LicenseWrite[],
): Directory {
  const toUser = (id: UserId): DirectoryUser => ({
    id,
    properties: { ...world.user.properties },
    usageLocation: (world.user.properties['usageLocation'] as string | undefined) ?? null,
    assignments: world.user.assignments,
  });
  return {
    listSkus: async () => [
      {
        skuId: ems,
        skuPartNumber: 'EMS',
        appliesTo: 'User',
        capabilityStatus: 'Enabled',
        enabledUnits: world.seats.enabled,
        consumedUnits: world.seats.consumed,
        servicePlans: [
          [intune, 'INTUNE_A'],
          [premium, 'AAD_PREMIUM'],
        ].map(([servicePlanId, servicePlanName]) => ({
          servicePlanId,
          servicePlanName,
          appliesTo: 'User',
          provisioningStatus: 'Success',
        })),
      },
      ...world.moreSkus,
    ],
    findGroups: async (reference: string) => {
      const named = (groups: readonly FoundGroup[]) =>
        groups.filter(
          ({ id, displayName }) =>
            id === reference.toLowerCase() || displayName.toLowerCase() === reference.toLowerCase(),
        );
      if (world.tenantGroups !== null) return named(world.tenantGroups);
      const ofUser = named(world.user.groups ?? []);
      return ofUser.length > 0 ? ofUser : [anyGroup(reference)];
    },
    groupNamesFrom: async (beginning: string) =>
      (world.tenantGroups ?? [])
        .map(({ displayName }) => displayName)
        .filter((name) => name.toLowerCase().startsWith(beginning.toLowerCase())),
    // As Graph does: properties that were not asked for are not in the answer.
    readUser: async (id: UserId, { properties: asked, directGroups, transitiveGroups }: Needs) => {
      await world.beforeRead();
      if (!world.user.isThere) return undefined;
      const user = toUser(id);
      const properties = Object.fromEntries(
        Object.entries(user.properties).filter(
          ([name]) => asked.has(name) || (directGroups && name === 'memberOf'),
        ),
      );
      return {
        user: { ...user, properties },
        transitiveGroups: transitiveGroups ? world.user.groups : undefined,
      };
    },
    readGroups: async (id: UserId, { directGroups }: Pick<Needs, 'directGroups'>) => {
      if (!world.user.isThere) return undefined;
      const direct = toUser(id).properties['memberOf'];
      return { direct: directGroups ? direct : undefined, transitive: world.user.groups };
    },
    setUsageLocation: async (_id: UserId, usageLocation: string) => {
      world.user.properties['usageLocation'] = usageLocation;
    },
    assignLicense: async (id: UserId, write: LicenseWrite) => {
      writes.push(write);
      await world.beforeWrite(write);
      const touched = [...write.add.map(({ skuId }) => skuId), ...write.remove];
      const kept = world.user.assignments.filter(({ skuId }) => !touched.includes(skuId));
      const added = write.add.map(({ skuId, disabledPlans }) => ({
        skuId,
        disabledPlans,
        assignedByGroup: null,
        state: 'Active',
        error: null,
      }));
      world.user.assignments = [...kept, ...added];
      await world.afterWrite(write);
      return toUser(id);
    },
  } as unknown as Directory;
}
