import type { Clock } from '../../kernel/clock';
import type { SkuId } from '../../kernel/ids';
import { remember } from '../../kernel/remembered';
import { timing } from '../../kernel/timing';
import type { WaitingStore } from '../../store/ports/waiting-store';

/** SKUs that users wait for, at most 5 s late; what this process lists itself is known at once. */
export interface WaitingSkus {
  current(): Promise<ReadonlySet<SkuId>>;
  /** A user has just been listed for this SKU. */
  add(skuId: SkuId): void;
}

/** WaitingSkus over the waiting lists. */
export function makeWaitingSkus(waiting: Pick<WaitingStore, 'skus'>, clock: Clock): WaitingSkus {
  const remembered = remember(async () => new Set(await waiting.skus()), {
    clock,
    maxAgeMs: timing.sources.waitingSkus.ms,
  });
  return {
    current: () => remembered.current(),
    add(skuId) {
      remembered.kept()?.then(
        (skus) => skus.add(skuId),
        () => undefined,
      );
    },
  };
}
