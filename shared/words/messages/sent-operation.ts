import { z } from 'zod';
import { hintSources } from './hint-source';

/** Longer than any code, hash or id of the product. */
const longestText = 500;

/** What is to be written to a user, as it goes to the user's lane: for people to read, since apply decides again. */
export const SentOperation = z.object({
  kind: z.enum(['assign', 'changePlans', 'remove', 'swap']),
  add: z.array(z.object({ skuId: z.guid(), disabledPlans: z.array(z.guid()) })),
  remove: z.array(z.guid()),
  usageLocation: z.string().max(longestText).optional(),
  why: z.array(z.string()),
  policyHash: z.coerce.string().max(longestText),
  rollout: z.coerce.string().max(longestText).optional(),
  /** Of the hint that led to it, where apply acts on it: `operator` and `deadLetter`. */
  source: z.enum(hintSources).optional().catch(undefined),
  /** Goes past pauses that the product set itself: the one trial of the minute whether they can be lifted. */
  trial: z.boolean().optional(),
});
export type SentOperation = z.infer<typeof SentOperation>;
