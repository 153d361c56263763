import { expect, it } from '@jest/globals';
import { walkCensus } from '../../../shared/pipeline/census/walk-census';
import { requestCensus } from '../../../shared/pipeline/census/census-state';
import { drainWaiting } from '../../../shared/pipeline/seats/drain-waiting';
import { feedRollouts } from '../../../shared/pipeline/rollouts/feed-rollouts';
import type { Services } from '../../../shared/pipeline/services';
import type { Task } from '../../../shared/pipeline/task';
import { withLease } from '../../../shared/pipeline/with-lease';
import { makeMemoryCursors } from '../../support/memory/memory-cursors';
import { makePipelineWorld } from '../../support/pipeline-world';
import { makeRecordingLogger } from '../../support/recording-logger';

const away = () => Promise.reject(new Error('The tables are away'));
const failing = () => Promise.reject(new Error('Graph is away'));
const notGivenBack = 'A lease could not be given back; it ends by itself';

/** A process whose leases are taken, and cannot be given back. */
function makeWorld() {
  const { pipeline } = makePipelineWorld();
  const logger = makeRecordingLogger();
  const leases = { take: async () => true, release: away };
  const services: Services = { ...pipeline, leases, cursors: makeMemoryCursors(() => 0) };
  const warned = () => logger.lines.filter(({ level }) => level === 'warn').map(({ message }) => message);
  return { services, task: { logger } satisfies Task, warned };
}

it('what the work says is said, also where the lease cannot be given back', async () => {
  const { services, task, warned } = makeWorld();

  await expect(withLease(services, task, { name: 'a', holder: 'b' }, async () => 7)).resolves.toBe(7);
  expect(warned()).toEqual([notGivenBack]);
});

it('is given back once, by its holder, whether the work fails or not', async () => {
  const { services, task, warned } = makeWorld();
  const released: string[] = [];
  const leases = {
    ...services.leases,
    release: async (...lease: string[]) => void released.push(lease.join()),
  };

  await withLease({ leases }, task, { name: 'a', holder: 'b' }, async () => undefined);
  await expect(withLease({ leases }, task, { name: 'c', holder: 'd' }, failing)).rejects.toThrow(
    'Graph is away',
  );

  expect(released).toEqual(['a,b', 'c,d']);
  expect(warned()).toEqual([]);
});

it.each<[string, (services: Services) => Services, (services: Services, task: Task) => Promise<void>]>([
  ['feeding rollouts', (one) => ({ ...one, rollouts: { ...one.rollouts, list: failing } }), feedRollouts],
  ['serving who waits', (one) => ({ ...one, waiting: { ...one.waiting, skus: failing } }), drainWaiting],
  ['walking the census', (one) => ({ ...one, policy: { ...one.policy, needs: failing } }), walkCensus],
])('%s fails with its own failure', async (_what, broken, work) => {
  const { services, task, warned } = makeWorld();
  const made = broken(services);
  await requestCensus(made.cursors, { at: 1, reason: 'nightly', by: 'ann' });

  await expect(work(made, task)).rejects.toThrow('Graph is away');
  expect(warned()).toEqual([notGivenBack]);
});
