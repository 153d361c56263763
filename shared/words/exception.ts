import { z } from 'zod';
import { servicePlanIdsField, skuIdField, timeField } from './fields';
import type { Shape } from './fields';

/** Who made an exception, when, why, and until when it holds (null: until it is released). */
export const ExceptionOrigin = z.object({
  until: timeField.nullable(),
  why: z.string(),
  by: z.string(),
  at: timeField,
});
export type ExceptionOrigin = Shape<typeof ExceptionOrigin>;

/**
 * The exceptions that people made for one user; an input of deciding. Stored as the row `pin`. Its own origin is that
 * of the undo; extra licenses and the freeze have theirs.
 */
export const Exception = ExceptionOrigin.extend({
  skus: z.array(
    z.object({
      skuId: skuIdField,
      /** null: must not be held. */
      disabledPlans: servicePlanIdsField.nullable(),
      /** An extra license; it goes when it ends, unless the policy grants it then. */
      extra: ExceptionOrigin.exactOptional(),
    }),
  ),
  /** Nothing at all is written to this user. */
  frozen: ExceptionOrigin.exactOptional(),
});
export type Exception = Shape<typeof Exception>;
