import type { HeldLicense, InheritedLicense } from '../../words/license';

export type Holding = {
  readonly direct: readonly HeldLicense[];
  readonly inherited: readonly InheritedLicense[];
  /** Two letters, or null. */
  readonly usageLocation: string | null;
};
