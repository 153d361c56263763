import type { SubscribedSku } from '../../words/sku';

/**
 * Why licenses of a SKU cannot be assigned to users, or will soon not be, with what to do; null: nothing speaks
 * against it. States: https://learn.microsoft.com/graph/api/resources/subscribedsku.
 */
export function explainSku(sku: SubscribedSku): {
  readonly assignable: boolean;
  readonly note: string | null;
} {
  if (sku.appliesTo !== 'User') {
    return no('It belongs to the organization as a whole: there is nothing to assign to a user.');
  }
  switch (sku.capabilityStatus) {
    case 'Enabled':
      break;
    case 'Warning':
      return {
        assignable: true,
        note: 'The subscription has expired and is in its grace period: renew it, or its users lose the service.',
      };
    case 'Suspended':
      return no('The subscription is suspended, which follows an expiry or an unpaid bill: renew it first.');
    case 'Deleted':
      return no('The subscription is deleted: buy it again.');
    case 'LockedOut':
      return no('The subscription was canceled: reactivate it or buy it again.');
    default:
      return no(`The subscription is in the state ${sku.capabilityStatus}, which takes no assignments.`);
  }
  const { warningUnits = 0 } = sku;
  if (warningUnits > 0 && sku.consumedUnits >= sku.enabledUnits) {
    return {
      assignable: true,
      note: `${String(warningUnits)} seats are in their grace period: renew the subscription. Whether Graph still assigns them is tried with one user at a time.`,
    };
  }
  if (sku.enabledUnits === 0) {
    return {
      assignable: true,
      note: 'The subscription has no seats: who is entitled to one waits until some are bought.',
    };
  }
  if (sku.consumedUnits >= sku.enabledUnits) {
    return {
      assignable: true,
      note: 'Every seat is taken: who is entitled to one waits until one comes free.',
    };
  }
  return { assignable: true, note: null };
}

function no(note: string) {
  return { assignable: false, note };
}
