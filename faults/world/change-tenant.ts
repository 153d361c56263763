import { addNewcomer } from '@auto-licenser/graph-emulator/add-newcomer';
import { assignLicense } from '@auto-licenser/graph-emulator/assign-license';
import { addMember, removeMember } from '@auto-licenser/graph-emulator/change-members';
import { assignGroupLicense } from '@auto-licenser/graph-emulator/group-licensing';
import type { OpenGraph } from '@auto-licenser/graph-emulator/open-graph';
import { deleteUser, restoreUser, updateUser } from '@auto-licenser/graph-emulator/update-user';
import { updateGroup } from '@auto-licenser/graph-emulator/write-group';
import type { Act, Change } from '../script/script';
import { groups, plans, skus, userIdOf } from '../script/tenant-model';
import type { GroupKey } from '../script/tenant-model';
import { propertiesOf } from './tenant';

export type TenantChange = Exclude<Change, Act>;

/**
 * Makes a change in the tenant, past the app and past Graph's wire. One that does not fit, such as a user who is not
 * there yet, changes nothing: so any change of a script may be left out. True: something may have changed.
 */
export function changeTenant(graph: OpenGraph, change: TenantChange): boolean {
  try {
    make(graph, change);
    return true;
  } catch {
    // Refused, as Graph refuses it to an admin.
    return false;
  }
}

function make(graph: OpenGraph, change: TenantChange): void {
  const { engine } = graph;
  const user = 'user' in change ? engine.tenant.users.get(userIdOf(change.user)) : undefined;
  const isThere = user !== undefined && user.deletedAt === null;
  const groupOf = (key: GroupKey) => {
    const found = engine.tenant.findGroup(groups[key]);
    if (found === undefined) throw new Error(`No group ${key}`);
    return found;
  };
  switch (change.kind) {
    case 'join':
      addNewcomer(engine, {
        id: userIdOf(change.user),
        properties: propertiesOf(change.user, change.department),
        memberOf: change.memberOf.map((key) => groups[key]),
      });
      return;
    case 'move':
      if (isThere) updateUser(engine, user, { department: change.department });
      return;
    case 'disable':
    case 'enable':
      if (isThere) updateUser(engine, user, { accountEnabled: change.kind === 'enable' });
      return;
    case 'delete':
      if (isThere) deleteUser(engine, user);
      return;
    case 'restore':
      if (user !== undefined && !isThere) restoreUser(engine, user);
      return;
    case 'addMember':
      if (isThere) addMember(engine, groupOf(change.group), user.id);
      return;
    case 'removeMember':
      if (isThere) removeMember(engine, groupOf(change.group), user.id);
      return;
    case 'nest':
      addMember(engine, groupOf('outer'), groups.inner);
      return;
    case 'unnest':
      removeMember(engine, groupOf('outer'), groups.inner);
      return;
    case 'rename':
      updateGroup(engine, groupOf(change.group), { displayName: change.name });
      return;
    case 'seats': {
      const sku = engine.tenant.skus.get(skus[change.sku].id);
      if (sku !== undefined) sku.prepaidUnits = { ...sku.prepaidUnits, enabled: change.enabled };
      return;
    }
    case 'adminAssign': {
      const license = {
        skuId: skus[change.sku].id,
        disabledPlans: change.off.map((plan) => plans[plan]),
      };
      if (!isThere) return;
      if (user.version.properties['usageLocation'] === undefined)
        updateUser(engine, user, { usageLocation: 'NL' });
      assignLicense(engine, user, { addLicenses: [license], removeLicenses: [] }, 'administrator');
      return;
    }
    case 'adminRemove':
      if (isThere)
        assignLicense(
          engine,
          user,
          { addLicenses: [], removeLicenses: [skus[change.sku].id] },
          'administrator',
        );
      return;
    case 'groupLicense': {
      const group = groupOf('licensed');
      const held = group.licenses.map(({ skuId }) => skuId);
      const addLicenses = change.sku === null ? [] : [{ skuId: skus[change.sku].id, disabledPlans: [] }];
      assignGroupLicense(engine, group, {
        addLicenses,
        removeLicenses: held.filter((id) => !addLicenses.some(({ skuId }) => skuId === id)),
      });
      return;
    }
  }
}
