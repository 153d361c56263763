import { z } from 'zod';
import { servicePlanIdsField, skuIdField } from './fields';
import type { Shape } from './fields';
import type { ReasonCode } from './reason-codes';

/** Why, for people (`text`) and for machines (`code` and the ids). */
export const Reason = z.object({
  /** Stable. One that only a newer version knows is kept as it is stored. */
  code: z.string().transform((code) => code as ReasonCode),
  text: z.string(),
  skuId: skuIdField.exactOptional(),
  servicePlanIds: servicePlanIdsField.exactOptional(),
  rule: z.string().exactOptional(),
});
export type Reason = Shape<typeof Reason>;
