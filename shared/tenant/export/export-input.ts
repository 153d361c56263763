/** A tenant as it is copied: Graph's own property names and values. Ids are in lower case. */
export type DirectoryAssignment = {
  readonly skuId: string;
  readonly disabledPlans: readonly string[];
  /** null: assigned directly. */
  readonly assignedByGroup: string | null;
  readonly state: string;
  readonly error: string | null;
};

export type ExportedUser = {
  readonly id: string;
  /** What was asked for; null where Graph left it out. `manager`: `{ id }` or null. */
  readonly properties: Readonly<Record<string, unknown>>;
  readonly assignments: readonly DirectoryAssignment[];
};

export type ExportedGroup = {
  readonly id: string;
  readonly displayName: string;
  readonly membershipRule: string | null;
  readonly properties: Readonly<Record<string, unknown>>;
  readonly assignedLicenses: readonly {
    readonly skuId: string;
    readonly disabledPlans: readonly string[];
  }[];
};

export type ExportedSku = { readonly skuId: string } & Readonly<Record<string, unknown>>;
