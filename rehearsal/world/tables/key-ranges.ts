import type { KeyRange } from '../../../packages/emulator-kit/src/sorted-map';

/** Every key there is. */
export const allKeys: readonly KeyRange[] = [{ from: '', to: null }];

/**
 * What fits `operator text`; for `lt` and `ne` a little more than that. Not for `gt`: the text may be the key of a partition
 * with all users who wait for a SKU.
 */
export function keysFor(operator: string, text: string): readonly KeyRange[] {
  if (operator === 'eq') return [{ from: text, to: text }];
  if (operator === 'ge') return [{ from: text, to: null }];
  // The next text there is.
  if (operator === 'gt') return [{ from: `${text}\0`, to: null }];
  if (operator === 'le' || operator === 'lt') return [{ from: '', to: text }];
  return allKeys;
}

/** What is in both; the ranges of each are in order and apart, and so are those of the answer. */
export function inBoth(left: readonly KeyRange[], right: readonly KeyRange[]): readonly KeyRange[] {
  if (left === allKeys) return right;
  if (right === allKeys) return left;
  return left.flatMap((one) =>
    right.flatMap((other): KeyRange[] => {
      const from = one.from > other.from ? one.from : other.from;
      const to = endsBefore(one.to, other.to) ? one.to : other.to;
      return to !== null && to < from ? [] : [{ from, to }];
    }),
  );
}

/** What is in one of them, joined where they touch. */
export function inEither(left: readonly KeyRange[], right: readonly KeyRange[]): readonly KeyRange[] {
  const joined: KeyRange[] = [];
  for (const next of [...left, ...right].sort((a, b) => (a.from < b.from ? -1 : a.from > b.from ? 1 : 0))) {
    const last = joined.at(-1);
    if (last === undefined || (last.to !== null && last.to < next.from)) joined.push(next);
    else if (endsBefore(last.to, next.to)) joined.splice(-1, 1, { from: last.from, to: next.to });
  }
  return joined;
}

function endsBefore(one: string | null, other: string | null): boolean {
  return one !== null && (other === null || one < other);
}
