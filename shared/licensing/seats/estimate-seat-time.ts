/**
 * When the waiter at this position (1: the next) can expect a seat, from how seats came free so far; undefined: no
 * seat came free yet, so there is no rate.
 */
export function estimateSeatTime(
  position: number,
  served: readonly { readonly at: number; readonly seats: number }[],
  now: number,
): number | undefined {
  const [first] = served;
  if (first === undefined) return undefined;
  const seats = served.reduce((sum, round) => sum + round.seats, 0);
  // One round alone tells no rate but the time since.
  const spanMs = Math.max(now - first.at, 1);
  return now + Math.round((position * spanMs) / seats);
}
