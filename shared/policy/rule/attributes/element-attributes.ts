import type { Attribute } from './attribute';

/** What a condition inside -any or -all can look at, by the type of the collection. */
type Target = Readonly<Record<string, unknown>>;

const self: Attribute = {
  name: '_',
  type: 'string',
  needs: null,
  read: (element) => element,
  inEntra: true,
  nullable: false,
};

/** A key of a whole element: Graph leaves nothing out of it, so what is missing is empty. */
function planKey(key: string): Attribute {
  return {
    name: `assignedPlan.${key}`,
    type: 'string',
    needs: null,
    read: (element) => element[key] ?? null,
    inEntra: true,
    nullable: false,
  };
}

/** Groups come as ids or as `{ id, displayName }`. */
const groupId: Attribute = {
  name: 'group.objectId',
  type: 'string',
  needs: null,
  read: (element: unknown) => (typeof element === 'string' ? element : (element as Target)['id']),
  inEntra: true,
  nullable: false,
};

const groupName: Attribute = {
  name: 'group.displayName',
  type: 'string',
  needs: null,
  // A bare id says nothing about the name: it was not read.
  read: (element: unknown) => (typeof element === 'string' ? undefined : (element as Target)['displayName']),
  inEntra: false,
  nullable: false,
};

const elements = {
  stringCollection: new Map<string, Attribute>([['_', self]]),
  plans: new Map<string, Attribute>(
    ['servicePlanId', 'service', 'capabilityStatus'].map((key) => [
      `assignedplan.${key.toLowerCase()}`,
      planKey(key),
    ]),
  ),
  groups: new Map<string, Attribute>([
    ['group.objectid', groupId],
    ['group.displayname', groupName],
  ]),
} as const;

export type CollectionType = keyof typeof elements;

/** `name` as written: `_`, `assignedPlan.service`, `group.objectId`, in any case. */
export function findElementAttribute(collection: CollectionType, name: string): Attribute | undefined {
  return elements[collection].get(name.toLowerCase());
}

/** As the documentation spells them, for messages. */
export function elementAttributeNames(collection: CollectionType): string[] {
  return [...elements[collection].values()].map((attribute) => attribute.name);
}

/** Is this the name of an element of any collection? */
export function isElementName(name: string): boolean {
  return Object.values(elements).some((names) => names.has(name.toLowerCase()));
}
