import type { Clock } from '../../kernel/clock';
import type { SkuId } from '../../kernel/ids';
import type { WaitingStore } from '../../store/ports/waiting-store';

/** SKUs that somebody waits for, at most 5 s late; what this process lists itself is known at once. */
export interface WaitingSkus {
  current(): Promise<ReadonlySet<SkuId>>;
  /** Somebody has just been listed for this SKU. */
  add(skuId: SkuId): void;
}

const maxAgeMs = 5_000;

export function makeWaitingSkus(waiting: Pick<WaitingStore, 'skus'>, clock: Clock): WaitingSkus {
  let reading: { readonly at: number; readonly skus: Promise<Set<SkuId>> } | undefined;
  return {
    current() {
      const now = clock.now();
      if (reading === undefined || now - reading.at >= maxAgeMs) {
        const mine = { at: now, skus: waiting.skus().then((skus) => new Set(skus)) };
        reading = mine;
        mine.skus.catch(() => {
          if (reading === mine) reading = undefined;
        });
      }
      return reading.skus;
    },
    add(skuId) {
      reading?.skus.then(
        (skus) => skus.add(skuId),
        () => undefined,
      );
    },
  };
}
