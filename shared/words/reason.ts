import { z } from 'zod';
import type { ErrorCode } from '../kernel/error-codes';
import { servicePlanIdsField, skuIdField } from './fields';
import type { Shape } from './fields';
import { handlingReasons } from './reason-codes/handling';
import { licensingReasons } from './reason-codes/licensing';

/** Every code of a reason, with a sentence on what it means; docs/errors.md shows the list. */
export const reasonCodes = { ...licensingReasons, ...handlingReasons };

/** Of a user who is parked while a scope is paused, such as `paused/sku:GUID`. */
export type PauseCode = `paused/${string}` | `refused/${string}`;

/** `area/what`: one of the list, the code of the error that is the reason, or that of a pause. */
export type ReasonCode = keyof typeof reasonCodes | ErrorCode | PauseCode;

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
