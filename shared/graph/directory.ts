import type { GroupId, ServicePlanId, SkuId, UserId } from '../kernel/ids';
import type { LicenseAssignmentState } from '../words/license';
import type { GroupReference, Needs } from '../words/needs';
import type { UserMatch } from './search-users';
import type { ServicePlan, SubscribedSku } from '../words/sku';

export type DirectoryUser = {
  readonly id: UserId;
  /** Every property that was selected is present, null where Graph left it out. */
  readonly properties: Readonly<Record<string, unknown>>;
  readonly usageLocation: string | null;
  readonly assignments: readonly LicenseAssignmentState[];
};

/** For many users at once; their nested groups are found from the groups, by `findGroups` and `groupMembers`. */
export type UserListRead = Omit<Needs, 'transitiveGroups'>;

export type UserSnapshot = {
  readonly user: DirectoryUser;
  /** Present when asked for; `user.properties.memberOf` and `.manager` hold what rules look at. */
  readonly transitiveGroups: readonly GroupReference[] | undefined;
};

/** What is asked for of a user's memberships; undefined: not asked for. */
export type UserGroups = {
  /** For `user.properties.memberOf`. */
  readonly direct: readonly GroupReference[] | undefined;
  readonly transitive: readonly GroupReference[] | undefined;
};

/** `securityEnabled` null: Graph did not say. */
export type FoundGroup = GroupReference & { readonly securityEnabled?: boolean | null };

/** `skipped`: part number or id of a row, and what is missing in it. */
export type SkuRows = {
  readonly skus: readonly SubscribedSku[];
  readonly skipped: readonly { readonly name: string; readonly why: string }[];
};

export type DeltaChange =
  | { readonly kind: 'changed'; readonly id: UserId }
  /** `changed`: soft-deleted; `deleted`: for good. */
  | { readonly kind: 'removed'; readonly id: UserId; readonly reason: 'changed' | 'deleted' };

/** A page of the tenant's users; without `nextLink` it is the last. Links are opaque and used whole. */
export type UserPage = {
  readonly users: readonly DirectoryUser[];
  /** Who is there, but whose row cannot be read: that user's trouble, which a look at them shows. */
  readonly odd: readonly UserId[];
  readonly nextLink?: string;
};

/** One page of users/delta; exactly one of the links is set. Links are opaque and used whole. */
export type DeltaPage = {
  readonly changes: readonly DeltaChange[];
  readonly nextLink?: string;
  readonly deltaLink?: string;
};

/** A direct member that came or went; `id` in lower case. */
export type MemberChange = {
  readonly kind: 'user' | 'group';
  readonly id: string;
  readonly isRemoved: boolean;
};

/** One page of groups/delta; exactly one of the links is set. A group may stand in it, and in a round, several times. */
export type GroupDeltaPage = {
  readonly changes: readonly {
    readonly id: GroupId;
    /** Deleted, for a while or for good. */
    readonly isDeleted: boolean;
    readonly members: readonly MemberChange[];
  }[];
  readonly nextLink?: string;
  readonly deltaLink?: string;
};

/** A page of what is inside a group, nested groups and their members included; with a next link there is more. */
export type GroupContents = {
  readonly users: readonly UserId[];
  readonly groups: readonly GroupId[];
  readonly nextLink?: string;
};

export type LicenseWrite = {
  readonly add: readonly { readonly skuId: SkuId; readonly disabledPlans: readonly ServicePlanId[] }[];
  readonly remove: readonly SkuId[];
};

export type LicenseDetail = {
  readonly skuId: SkuId;
  readonly skuPartNumber: string;
  readonly servicePlans: readonly ServicePlan[];
};

export type GraphSubscription = {
  readonly id: string;
  readonly resource: string;
  readonly notificationUrl: string;
  /** Where lifecycle events go; null or absent: nowhere. */
  readonly lifecycleNotificationUrl?: string | null | undefined;
  /** ISO 8601 */
  readonly expirationDateTime: string;
};

/**
 * The port to Microsoft Graph v1.0: the calls the product makes, in the product's terms. Errors are GraphError
 * (see graph-error.ts); 404 of a single user is `undefined`.
 */
export interface Directory {
  /** User, holdings and memberships in one `$batch`. undefined: Graph answers 404. */
  readUser(id: UserId, read: Needs, signal?: AbortSignal): Promise<UserSnapshot | undefined>;
  /** The memberships alone, of a user who was read without them. undefined: Graph answers 404. */
  readGroups(
    id: UserId,
    read: Pick<Needs, 'directGroups' | 'transitiveGroups'>,
    signal?: AbortSignal,
  ): Promise<UserGroups | undefined>;
  /** By id or userPrincipalName. */
  findUser(idOrUpn: string, read: Needs, signal?: AbortSignal): Promise<UserSnapshot | undefined>;
  /**
   * Every user of the tenant, page by page, with the same properties and holdings as `readUser` gives. A user who
   * is created or deleted meanwhile may be missed or be listed still.
   * @param onOdd gets who is there, but cannot be read in the listing
   */
  listUsers(
    read: UserListRead,
    signal?: AbortSignal,
    onOdd?: (id: UserId) => void,
  ): AsyncIterable<readonly DirectoryUser[]>;
  /** One page of `listUsers`: the first, or the one of a link, so that a long walk can go on where it stopped. */
  userPage(read: UserListRead, link?: string, signal?: AbortSignal): Promise<UserPage>;
  /**
   * How the directory spells an extension property (`extension_…`): Graph compares these names letter by letter and
   * silently leaves out one that it does not know. undefined: no user of the first page has it.
   */
  spellingOf(property: string, signal?: AbortSignal): Promise<string | undefined>;
  /** Groups with this id or display name; none when there is none. Display names need not be unique. */
  findGroups(reference: string, signal?: AbortSignal): Promise<readonly FoundGroup[]>;
  /** Names of groups that begin with this text, any case: at most 999. */
  groupNamesFrom(beginning: string, signal?: AbortSignal): Promise<readonly string[]>;
  /** Users with a name or an address that begins with this text, any case: at most `limit` (999), in no order. */
  searchUsers(beginning: string, limit: number, signal?: AbortSignal): Promise<readonly UserMatch[]>;
  /** The domain that new users get, such as `contoso.com`; null: Graph names none. */
  defaultDomain(signal?: AbortSignal): Promise<string | null>;
  listSkus(signal?: AbortSignal): Promise<readonly SubscribedSku[]>;
  /** The same, with the rows that cannot be used: what Graph left out of a SKU is the trouble of that SKU alone. */
  listSkuRows(signal?: AbortSignal): Promise<SkuRows>;
  readLicenseDetails(id: UserId, signal?: AbortSignal): Promise<readonly LicenseDetail[]>;
  /**
   * Transitive user members of a group, page by page.
   * `group`: an id, or a display name (UserError `graph/unknown-group`, `graph/ambiguous-group`).
   */
  groupMembers(group: string, signal?: AbortSignal): AsyncIterable<readonly UserId[]>;
  /**
   * The link to start a delta round from: "from now on" (`$deltatoken=latest`) with these properties selected.
   */
  deltaFromNow(properties: ReadonlySet<string>, signal?: AbortSignal): Promise<string>;
  /** The link to start a full round from: every user of the tenant, then their changes. */
  deltaFromStart(properties: ReadonlySet<string>): string;
  /** Follows one next or delta link. GraphError of class `syncStateLost` when Graph no longer takes it. */
  deltaPage(link: string, signal?: AbortSignal): Promise<DeltaPage>;
  /** The link to follow changes of the members of all groups by, from now on. */
  groupDeltaFromNow(signal?: AbortSignal): Promise<string>;
  /** Follows one next or delta link. GraphError of class `syncStateLost` when Graph no longer takes it. */
  groupDeltaPage(link: string, signal?: AbortSignal): Promise<GroupDeltaPage>;
  /** A page of the users and groups inside a group, nested ones included: the first, or that of a link; null: there is no such group. */
  groupContents(group: GroupId, link?: string, signal?: AbortSignal): Promise<GroupContents | null>;
  /** The groups alone, from an index that may be minutes behind: few rows, however many users are in the group. */
  nestedGroups(group: GroupId, signal?: AbortSignal): AsyncIterable<readonly GroupId[]>;
  /** One POST assignLicense. Never retried here: the caller knows whether the answer was lost. */
  assignLicense(id: UserId, write: LicenseWrite, signal?: AbortSignal): Promise<DirectoryUser | undefined>;
  /** One PATCH of usageLocation. */
  setUsageLocation(id: UserId, usageLocation: string, signal?: AbortSignal): Promise<void>;
  listSubscriptions(signal?: AbortSignal): Promise<readonly GraphSubscription[]>;
  createSubscription(
    request: {
      resource: 'users' | 'groups';
      notificationUrl: string;
      clientState: string;
      expiresAt: number;
    },
    signal?: AbortSignal,
  ): Promise<GraphSubscription>;
  renewSubscription(id: string, expiresAt: number, signal?: AbortSignal): Promise<void>;
  /** Deletes it; one that is gone already is fine. */
  deleteSubscription(id: string, signal?: AbortSignal): Promise<void>;
}
