import type { AssignedLicense } from '../records';

/** One assignLicense as it was asked for. */
export type LicenseChange = {
  readonly addLicenses: readonly AssignedLicense[];
  readonly removeLicenses: readonly string[];
};

const nothing: readonly never[] = [];
/** Combinations of a SKU and disabled plans that are remembered; a tenant uses a few dozen. */
const capacity = 5_000;

/**
 * Shares equal values: thousands of users hold the same SKU with the same plans switched off, and every write is kept
 * in the write log. What the pool hands out must never be changed.
 */
export class LicensePool {
  private readonly additions = new Map<string, LicenseChange>();

  /** The change with shared parts. */
  share(change: LicenseChange): LicenseChange {
    const { addLicenses, removeLicenses } = change;
    const [first] = addLicenses;
    if (first === undefined) return change;
    if (addLicenses.length === 1 && removeLicenses.length === 0) return this.addition(first);
    return { addLicenses: addLicenses.map((license) => this.license(license)), removeLicenses };
  }

  license(license: AssignedLicense): AssignedLicense {
    return this.addition(license).addLicenses[0] ?? license;
  }

  private addition({ skuId, disabledPlans }: AssignedLicense): LicenseChange {
    const key = disabledPlans.length === 0 ? skuId : `${skuId} ${disabledPlans.join(' ')}`;
    const known = this.additions.get(key);
    if (known) return known;
    const added: LicenseChange = {
      addLicenses: [{ skuId, disabledPlans: [...disabledPlans] }],
      removeLicenses: nothing,
    };
    if (this.additions.size < capacity) this.additions.set(key, added);
    return added;
  }
}
