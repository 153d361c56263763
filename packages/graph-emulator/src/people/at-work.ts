import type { Engine } from '../engine/engine';
import type { UserRecord } from '../engine/records';

/** A member of staff whose account can be used; an account without a userType counts as a member. */
export function isAtWork({ deletedAt, isGone, version }: UserRecord): boolean {
  const { accountEnabled, userType } = version.properties;
  const isMember = typeof userType !== 'string' || userType.toLowerCase() === 'member';
  return deletedAt === null && !isGone && accountEnabled === true && isMember;
}

/** Those at work, in the order of their accounts. */
export function peopleAtWork({ tenant }: Engine): UserRecord[] {
  return tenant.userOrder.filter(isAtWork);
}
