import type { Random } from '../../shared/kernel/random';

/** Choices drawn from one source. */
export type Draw = {
  readonly random: Random;
  chance(share: number): boolean;
  /** A whole number, both ends included. */
  between(from: number, to: number): number;
  of<Item>(items: readonly Item[]): Item;
  /** Each of them with this chance. */
  some<Item>(items: readonly Item[], share: number): Item[];
};

/** @param random where every choice comes from */
export function makeDraw(random: Random): Draw {
  const between = (from: number, to: number) => from + Math.floor(random() * (to - from + 1));
  return {
    random,
    chance: (share) => random() < share,
    between,
    of: (items) => {
      const item = items[between(0, items.length - 1)];
      if (item === undefined) throw new RangeError('Drew from an empty list');
      return item;
    },
    some: (items, share) => items.filter(() => random() < share),
  };
}
