import type { SkuId } from '../../../kernel/ids';
import type { UserState } from '../../../words/user-state';

/** SKUs that a user has no seat of. */
export function seatsOf({ skus }: Pick<UserState, 'skus'>): readonly SkuId[] {
  return skus.filter(({ outcome }) => outcome === 'waiting').map(({ skuId }) => skuId);
}

/**
 * Since when a user waits, or has this outcome, milliseconds: however often the user was looked at meanwhile. null: since
 * the user was first seen, because there has been no outcome yet.
 */
export function stoodSince(state: UserState, outcome: string | null): number {
  if (outcome === null) return state.firstSeenAt;
  const times = Object.entries(state.since ?? {}).flatMap(([key, at]) =>
    key === outcome || key.startsWith(`${outcome}/`) ? [at] : [],
  );
  return times.length === 0 ? lookedAt(state) : Math.min(...times);
}

/** Since when a user has waited for a seat of this SKU, milliseconds; of one that would stand in: since they wait at all. */
export function waitedSince(state: UserState, skuId: SkuId): number {
  return state.since?.[waitingFor(skuId)] ?? stoodSince(state, 'waiting');
}

/** Outcomes that last until a person, a seat or a date ends them. */
const lasting: ReadonlySet<string> = new Set(['waiting', 'blocked', 'held', 'grace', 'pinned', 'failed']);

/** What the user waits for, and what else stands against them: blocked for another reason is another standing. */
export function standings({ outcome, reasons, skus }: UserState): readonly string[] {
  const seats = seatsOf({ skus }).map(waitingFor);
  if (outcome === null || !lasting.has(outcome)) return seats;
  if (outcome === 'waiting') return seats.length > 0 ? seats : [outcome];
  return [...seats, `${outcome}/${reasons[0]?.code ?? ''}`];
}

const waitingFor = (skuId: SkuId): string => `waiting/${skuId}`;

/** When the user was last decided, or first seen, milliseconds. */
export const lookedAt = ({ decidedAt, firstSeenAt }: UserState): number => decidedAt ?? firstSeenAt;
