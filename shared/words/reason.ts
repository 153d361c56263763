import { z } from 'zod';
import { servicePlanIdsField, skuIdField } from './fields';
import type { Shape } from './fields';

/** Why, for people (`text`) and for machines (`code` and the ids). */
export const Reason = z.object({
  /** `area/what`, stable: `seats/exhausted`, `plans/conflict`, `usage-location/missing`, … */
  code: z.string(),
  text: z.string(),
  skuId: skuIdField.exactOptional(),
  servicePlanIds: servicePlanIdsField.exactOptional(),
  rule: z.string().exactOptional(),
});
export type Reason = Shape<typeof Reason>;
