import { groups, skus, userIdOf } from '../script/tenant-model';
import type { TenantChange } from '../world/change-tenant';
import { propertiesOf } from '../world/tenant';
import type { WireCloud } from './wire-cloud';

/** Makes a change of the directory over the wire, as its admin or as directory sync does. */
export async function makeChange({ asAdmin, tell }: WireCloud, change: TenantChange): Promise<void> {
  const user = 'user' in change ? `/users/${userIdOf(change.user)}` : '';
  const reference = (id: string) => ({
    '@odata.id': `https://graph.microsoft.com/v1.0/directoryObjects/${id}`,
  });
  switch (change.kind) {
    case 'join': {
      const memberOf = change.memberOf.map((key) => groups[key]);
      const properties = propertiesOf(change.user, change.department);
      await tell('POST', '/users', [{ id: userIdOf(change.user), memberOf, ...properties }]);
      return;
    }
    case 'move':
      return asAdmin('PATCH', user, { department: change.department });
    case 'disable':
    case 'enable':
      return asAdmin('PATCH', user, { accountEnabled: change.kind === 'enable' });
    case 'delete':
      return asAdmin('DELETE', user);
    case 'restore':
      return asAdmin('POST', `/directory/deletedItems/${userIdOf(change.user)}/restore`);
    case 'addMember':
      return asAdmin(
        'POST',
        `/groups/${groups[change.group]}/members/$ref`,
        reference(userIdOf(change.user)),
      );
    case 'removeMember':
      return asAdmin('DELETE', `/groups/${groups[change.group]}/members/${userIdOf(change.user)}/$ref`);
    case 'nest':
      return asAdmin('POST', `/groups/${groups.outer}/members/$ref`, reference(groups.inner));
    case 'rename':
      return asAdmin('PATCH', `/groups/${groups[change.group]}`, { displayName: change.name });
    case 'seats':
      await tell('PATCH', `/skus/${skus[change.sku].id}`, { enabled: change.enabled });
      return;
    default:
      throw new Error(`${change.kind} is not of a day over wires`);
  }
}
