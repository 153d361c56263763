import { directoryRefusal } from '../graph-fault';
import type { GraphFault } from '../graph-fault';

/**
 * The directory's sentences about licenses. Seen in
 * https://learn.microsoft.com/entra/fundamentals/licensing-groups-resolve-problems and in public reports; the three
 * marked "own wording" are documented by Microsoft only as an error name.
 */
export const licenseTexts = {
  noSeats: (skuId: string) => `Subscription with SKU ${skuId} does not have any available licenses.`,
  invalidLocation: 'License assignment cannot be done for user with invalid usage location.',
  /** Own wording. */
  barredLocation: (location: string, plans: readonly string[]) =>
    `License assignment failed because service plan(s) ${plans.join(', ')} are prohibited in usage location ${location}.`,
  inherited:
    'User license is inherited from a group membership and it cannot be removed directly from the user.',
  notHeld: 'User does not have a corresponding license.',
  unknownSku: (skuId: string) => `License ${skuId} does not correspond to a valid company License.`,
  notAssignable: (skuId: string) => `License ${skuId} cannot be assigned to a user.`,
  /** Own wording. */
  planOutsideSku: (plans: readonly string[], skuId: string) =>
    `License assignment failed because service plan(s) ${plans.join(', ')} are not part of license ${skuId}.`,
  /** Own wording. */
  companyPlan: (plans: readonly string[], skuId: string) =>
    `License assignment failed because service plan(s) ${plans.join(', ')} of license ${skuId} cannot be disabled for a user.`,
  nothingToDo: 'No license changes provided.',
  /** Own wording. */
  namedTwice: (skuId: string) => `License ${skuId} is named more than once in the request.`,
} as const;

/** 400 Request_BadRequest with one of the texts above. */
export function refuse(text: string): GraphFault {
  return directoryRefusal(text);
}
