/** The ids, each once, sorted: equal sets are equal values. */
export function sortedIds<Id extends string>(ids: Iterable<Id>): Id[] {
  return [...new Set(ids)].sort();
}

/** Equal as sets: order and repetitions do not count. */
export function sameIds(a: Iterable<string>, b: Iterable<string>): boolean {
  const left = new Set(a);
  const right = new Set(b);
  return left.size === right.size && [...left].every((id) => right.has(id));
}

/** The ids that are among `others` too, each once, sorted. */
export function intersectIds<Id extends string>(ids: Iterable<Id>, others: ReadonlySet<Id>): Id[] {
  return sortedIds([...ids].filter((id) => others.has(id)));
}

/** The ids that are not among `others`, each once, sorted. */
export function subtractIds<Id extends string>(ids: Iterable<Id>, others: ReadonlySet<Id>): Id[] {
  return sortedIds([...ids].filter((id) => !others.has(id)));
}

/** Byte order: the same on every machine and in every locale. */
export function compareText(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
