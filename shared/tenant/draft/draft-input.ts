import type { GroupId, UserId } from '../../kernel/ids';
import type { LicenseAssignmentState } from '../../words/license';
import type { SubscribedSku } from '../../words/sku';

/** Attributes that licenses may follow, in the order in which they are tried. */
export const draftAttributes = [
  'department',
  'employeeType',
  'country',
  'officeLocation',
  'companyName',
  'jobTitle',
  'city',
] as const;
export type DraftAttribute = (typeof draftAttributes)[number];

/** A user of the tenant, as far as a draft looks. */
export type DraftUser = {
  readonly id: UserId;
  readonly name: string;
  /** An enabled member: what the draft's scope says. */
  readonly isInScope: boolean;
  readonly usageLocation: string | null;
  readonly properties: Readonly<Record<string, unknown>>;
  readonly assignments: readonly LicenseAssignmentState[];
};

/** A group that gives licenses. */
export type DraftGroup = {
  readonly id: GroupId;
  /** null: the token may not read it. */
  readonly displayName: string | null;
  /** Of a dynamic group, as Graph has it. */
  readonly membershipRule: string | null;
  /** How a policy names it: by its name where no other group is called so. */
  readonly reference: string;
  /** Users in it and in the groups inside it. */
  readonly members: ReadonlySet<UserId>;
};

/** What a policy is drafted from. */
export type DraftInput = {
  readonly skus: readonly SubscribedSku[];
  readonly users: readonly DraftUser[];
  readonly groups: readonly DraftGroup[];
  /** Share of the users of a rule who must have the license already, 0 to 1. */
  readonly confidence: number;
  /** Users that a rule must be for, at least. */
  readonly support: number;
};
