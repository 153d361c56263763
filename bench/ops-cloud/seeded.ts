import { toSkuId } from '../../shared/kernel/ids';
import type { PolicyHash } from '../../shared/kernel/ids';
import type { Reason } from '../../shared/words/reason';

export type SeededUser = { readonly id: string; readonly userPrincipalName: string };

/** What a large tenant has beside its users; counts of rows. */
export type HistorySize = {
  /** Users of each finished rollout; one entry a rollout. */
  readonly rollouts: readonly number[];
  readonly auditEntries: number;
  readonly operations: number;
  readonly exceptions: number;
  readonly planLines: number;
  /** Of each class: how many users failed with it, from the first user on. */
  readonly failures: Readonly<Record<string, number>>;
  readonly sampleHours: number;
};

/** The one plan and the first rollout that the rows hold. */
export const seededIds = { plan: 'plan-seeded', rollout: 'activation-seeded-0' } as const;

/** SPE_E5: what the users who wait have no seat of. https://learn.microsoft.com/entra/identity/users/licensing-service-plan-reference */
export const scarceSku = toSkuId('06ebc4ee-1bb5-47dd-8120-11324bc54e06');
export const ems = toSkuId('efccb6f7-5641-4e0e-bd10-b4976e1bf68e');
export const policyHash = 'a'.repeat(64) as PolicyHash;
/** A reason with one of the product's codes. */
export const text = (code: Reason['code'], words: string): Reason => ({ code, text: words });
