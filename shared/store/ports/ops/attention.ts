import { z } from 'zod';
import { skuIdField, timeField, userIdField } from '../../../words/fields';
import type { Shape } from '../../../words/fields';
import { Reason } from '../../../words/reason';

/**
 * Outcomes after which a person may have to do something, or that end at a date. `underWay`: no outcome yet, and it is
 * tried again later, such as while writing is paused; most users are under way for a second only and stand nowhere.
 */
export const attentionKinds = [
  'underWay',
  'waiting',
  'blocked',
  'held',
  'grace',
  'pinned',
  'failed',
] as const;
export type AttentionKind = (typeof attentionKinds)[number];

/** A user who is not done. Under `waiting` stands everyone who waits for a seat, whatever else is decided of them. */
export const Attention = z.object({
  userId: userIdField,
  userPrincipalName: z.string().nullable(),
  since: timeField,
  /** SKUs without a seat for this user. */
  skus: z.array(skuIdField),
  reason: Reason.nullable(),
});
export type Attention = Shape<typeof Attention>;
