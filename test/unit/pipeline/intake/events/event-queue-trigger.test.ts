import type { InvocationContext } from '@azure/functions';
import { expect, it } from '@jest/globals';
import { PermanentError, TransientError, UserError } from '../../../../../shared/kernel/errors';
import { timing } from '../../../../../shared/kernel/timing';
import { makeGraphEventQueueTrigger } from '../../../../../shared/triggers/graph-event-triggers';

const ignore = () => undefined;
const context = {
  debug: ignore,
  info: ignore,
  warn: ignore,
  error: ignore,
} as unknown as InvocationContext;

it.each([
  ['the tables are away', new TransientError('store/unavailable', 'away')],
  ['settings are wrong', new UserError('config/invalid', 'wrong')],
  ['a row cannot be read', new PermanentError('store/unreadable-row', 'odd')],
  ['something is not foreseen', new Error('odd')],
])('waits before a message of Event Grid is delivered again when %s', async (_what, error) => {
  const slept: number[] = [];
  const clock = { now: () => 0, sleep: async (ms: number) => void slept.push(ms) };
  const handle = makeGraphEventQueueTrigger(
    () => Promise.reject(error),
    async () => undefined,
    clock,
  );

  await expect(handle({}, context)).rejects.toBe(error);

  // Ten deliveries are to last ten minutes: the host redelivers at once.
  expect(slept).toEqual([timing.queue.beforeRedelivery.ms]);
});
