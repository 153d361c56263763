import type { ProductWorld } from './product-world';

const minuteMs = 60_000;
/** A day: what is not quiet by then does not end. */
const mostMinutes = 24 * 60;
/** Half of the time from one round of the deltas to the next. */
const betweenRoundsMs = 7_500;

/**
 * Lets what is under way come to its end, for a day at most. Asked between two rounds of the deltas: at a full minute one has
 * often just begun, and with thousands who wait for a seat at every one.
 * @param fromMs a full minute, milliseconds from the start
 */
export async function runUntilQuiet(
  world: Pick<ProductWorld, 'isQuiet'> & { readonly time: Pick<ProductWorld['time'], 'run'> },
  fromMs: number,
): Promise<void> {
  for (let minutes = 0; !world.isQuiet && minutes < mostMinutes; minutes++)
    await world.time.run(fromMs + minutes * minuteMs + betweenRoundsMs);
}
