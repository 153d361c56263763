import { UserError } from '../../shared/kernel/errors';
import { approveRollout } from '../../shared/ops/rollouts/change-rollout';
import type { ProductWorld } from '../world/product-world';

const hourMs = 60 * 60_000;
const dayMs = 24 * hourMs;
/** When a person looks at what guards hold, from midnight. */
const looksAtMs = 9 * hourMs;

/**
 * A person who approves on each of these days at nine what the guards have held back until then.
 * @param onError gets what is no refusal: no caller is there to catch it
 */
export function approveEachMorning(
  world: Pick<ProductWorld, 'time' | 'stores' | 'hosts'>,
  days: number,
  onError: (error: unknown) => void,
): void {
  const { time } = world;
  for (let day = 0; day < days; day++) {
    time.at(time.startedAt + day * dayMs + looksAtMs, () => void approveAll(world).catch(onError));
  }
}

async function approveAll({ stores, hosts }: Pick<ProductWorld, 'stores' | 'hosts'>): Promise<void> {
  for (const { id, state } of await stores.rollouts.list()) {
    if (state !== 'collecting' && state !== 'awaiting') continue;
    try {
      await approveRollout(hosts.operations, id, { by: 'rehearsal', why: 'a rehearsal approves everything' });
    } catch (error) {
      // What has moved since is held anew, and approved the next morning.
      if (!(error instanceof UserError)) throw error;
    }
  }
}
