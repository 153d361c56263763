import { ensureError } from '../kernel/errors';
import type { Services } from './services';
import type { Task } from './task';

/** A lease that this process holds. */
export type HeldLease = { readonly name: string; readonly holder: string };

/**
 * Does the work, and gives the lease back whatever comes of it. What the work fails with is thrown, and nothing else.
 * @throws what `work` throws
 */
export async function withLease<Answer>(
  services: Pick<Services, 'leases'>,
  task: Pick<Task, 'logger'>,
  lease: HeldLease,
  work: () => Promise<Answer>,
): Promise<Answer> {
  try {
    return await work();
  } finally {
    await giveBack(services, task, lease);
  }
}

/** Never throws: a lease that cannot be given back ends by itself, and must not hide why its work failed. */
export async function giveBack(
  { leases }: Pick<Services, 'leases'>,
  { logger }: Pick<Task, 'logger'>,
  { name, holder }: HeldLease,
): Promise<void> {
  try {
    await leases.release(name, holder);
  } catch (thrown) {
    logger.warn('A lease could not be given back; it ends by itself', {
      lease: name,
      error: ensureError(thrown),
    });
  }
}
