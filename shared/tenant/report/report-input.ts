import type { GroupId, UserId } from '../../kernel/ids';
import type { LearntConflicts } from '../../licensing/decision';
import type { LicenseAssignmentState } from '../../words/license';
import type { SubscribedSku } from '../../words/sku';

/** A user of the tenant, as far as a report looks. */
export type ReportUser = {
  readonly id: UserId;
  readonly userPrincipalName: string | null;
  readonly displayName: string | null;
  readonly isEnabled: boolean;
  readonly isGuest: boolean;
  readonly usageLocation: string | null;
  /** Milliseconds; null: Graph does not say. */
  readonly createdAt: number | null;
  /** Milliseconds; null: never; undefined: not read. */
  readonly signedInAt: number | null | undefined;
  readonly assignments: readonly LicenseAssignmentState[];
};

/** What a report is made from. */
export type ReportInput = {
  /** Milliseconds. */
  readonly at: number;
  readonly skus: readonly SubscribedSku[];
  readonly users: readonly ReportUser[];
  /** Groups that give licenses; null: the token may not read the name. */
  readonly groupNames: ReadonlyMap<GroupId, string | null>;
  readonly conflicts: LearntConflicts;
  /** Price of a seat by part number or id in lower case, a month; empty: no costs. */
  readonly prices: ReadonlyMap<string, number>;
};
