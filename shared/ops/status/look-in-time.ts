import { systemClock } from '../../kernel/clock';
import type { Clock } from '../../kernel/clock';
import { timing } from '../../kernel/timing';
import { within } from '../../kernel/within';

/** The look that this process has under way, by its store: a second one would ask Graph for the same names. */
const underWay = new WeakMap<object, Promise<void>>();

/**
 * Looks, and waits `timing.ops.tenantLook` at most; the look goes on, and the next call waits for the same one.
 * @param look never rejects
 */
export async function lookInTime(
  store: object,
  look: () => Promise<void>,
  clock: Clock = systemClock,
): Promise<void> {
  const looking = underWay.get(store) ?? look().finally(() => underWay.delete(store));
  underWay.set(store, looking);
  await within(looking, timing.ops.tenantLook.ms, clock);
}
