/** What a finding is about; `licenser report --json` shows these. */
export type FindingCode =
  | 'directAndInherited'
  | 'overlappingSkus'
  | 'groupErrors'
  | 'disabledWithPaid'
  | 'guestsWithPaid'
  | 'neverSignedIn'
  | 'conflictingPlans'
  | 'noUsageLocation'
  | 'seatsRunOut';

/** One user of a finding, or (without `id`) one SKU. */
export type FindingLine = {
  readonly id: string | null;
  readonly name: string;
  readonly detail: string;
};

export type ReportFinding = {
  readonly code: FindingCode;
  readonly title: string;
  /** Why it matters, and what to do. */
  readonly text: string;
  /** Users, or SKUs for seatsRunOut; null: the token may not read it. */
  readonly count: number | null;
  /** A month, of the seats concerned; null: no prices, or no seat would come free. */
  readonly cost: number | null;
  readonly lines: readonly FindingLine[];
};

export type ReportSku = {
  readonly skuId: string;
  readonly skuPartNumber: string;
  readonly status: string;
  /** By Graph's own count. */
  readonly seats: {
    readonly enabled: number;
    readonly consumed: number;
    readonly free: number;
    /** In their grace period. */
    readonly warning: number;
  };
  /** Who holds it, by the users themselves. */
  readonly users: {
    readonly all: number;
    readonly direct: number;
    readonly inherited: number;
    readonly both: number;
  };
  /** Of one seat a month; null: not known. */
  readonly price: number | null;
  /** A month: seats that are taken, and bought seats that are free. */
  readonly cost: { readonly taken: number; readonly free: number } | null;
};

/** A tenant's licensing at one time. Costs are a month's, in the currency of the prices. */
export type TenantReport = {
  /** ISO 8601. */
  readonly at: string;
  readonly users: {
    readonly all: number;
    readonly licensed: number;
    readonly disabled: number;
    readonly guests: number;
  };
  readonly skus: readonly ReportSku[];
  /** null: no price is known. `unpriced`: SKUs with users that none was given for. */
  readonly cost: {
    readonly taken: number;
    readonly free: number;
    readonly unpriced: readonly string[];
  } | null;
  readonly findings: readonly ReportFinding[];
};
