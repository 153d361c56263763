import type { RuleContext, RuleUser } from '../condition';
import type { Policy } from '../policy';

/** One SKU a user should hold. Names are all the ways it may be referred to: skuPartNumber and GUID. */
export type EntitledReference = {
  readonly sku: readonly string[];
  /** Plans that are off, each by its names. */
  readonly off: readonly (readonly string[])[];
  /** Plans that may be off, where the SKU's plans are not known. */
  readonly mayBeOff?: (plan: string) => boolean;
};

/** What a policy says that a user should hold, before seats and conflicts. */
export type Entitle = (policy: Policy, user: RuleUser, context: RuleContext) => readonly EntitledReference[];
