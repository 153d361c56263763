import type { Engine } from '@auto-licenser/graph-emulator/engine';

export type Person = Engine['tenant']['userOrder'][number];

/** A member of staff whose account can be used; an account without a userType counts as a member. */
export function isAtWork(person: Person): boolean {
  const { accountEnabled, userType } = person.version.properties;
  return person.deletedAt === null && !person.isGone && accountEnabled === true && userType !== 'Guest';
}
