import { z } from 'zod';
import type { SkuId, UserId } from '../kernel/ids';
import { countField, skuIdField, timeField } from './fields';
import type { Shape } from './fields';

/** The place of one user on the waiting list of one SKU, as it is stored. */
export const WaitingPlace = z.object({
  userPrincipalName: z.string().nullable(),
  priority: z.number(),
  since: timeField,
  /** The SKU that stands in meanwhile. */
  fallback: skuIdField.nullable(),
  /** A seat is reserved for this user until then; in the past: it was not used. null: none. */
  grantedUntil: timeField.nullable(),
});
export type WaitingPlace = Shape<typeof WaitingPlace>;

/**
 * Who waits for a seat of which SKU: an index over the users' rows that can be rebuilt from them. Order of service:
 * higher priority first, then the user who waits longer.
 */
export type WaitingEntry = WaitingPlace & {
  readonly skuId: SkuId;
  readonly userId: UserId;
  readonly etag: string;
};

/** How the waiting list of one SKU was served: what forecasts are made of. */
export const WaitingService = z.object({
  /** Graph refused a seat although our count had one: until then no user is given any. null: it did not. */
  refusedUntil: timeField.nullable(),
  /** Rounds of the drain that found seats which had come free, oldest first; the last 50. */
  served: z.array(z.object({ at: timeField, seats: countField })),
  /** Seats that no user had and that were set aside for no user after the last round; absent: there was none. */
  left: z.object({ at: timeField, seats: countField }).exactOptional(),
});
export type WaitingService = Shape<typeof WaitingService>;
