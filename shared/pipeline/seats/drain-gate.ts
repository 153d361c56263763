import type { SkuId, UserId } from '../../kernel/ids';

/** One round of serving the waiting lists in this process. */
export type DrainRound = { readonly inHand: Set<UserId>; readonly done: Promise<boolean> };

/** The rounds of one process: at most one runs, and at most one is to follow it. */
export type DrainGate = {
  running: DrainRound | undefined;
  next: DrainRound | undefined;
  /** SKUs of which the last round set the last seat aside, until when no user asks for one. */
  readonly spentUntil: Map<SkuId, number>;
};

/** The gate of one process; no round is under way. */
export const makeDrainGate = (): DrainGate => ({
  running: undefined,
  next: undefined,
  spentUntil: new Map(),
});
