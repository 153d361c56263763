import { describe, expect, it } from '@jest/globals';
import { PermanentError } from '../../../../shared/kernel/errors';
import { lookHint } from '../../../../shared/queue/look-hint';
import type { OperationMessage } from '../../../../shared/queue/messages';
import { MemoryBus } from '../../../../rehearsal/world/memory-bus';
import { VirtualTime } from '../../../../rehearsal/world/virtual-time';
import { userId } from '../../../support/user-states';

const hint = (number: number) => lookHint(userId(number), 'delta', 0);
const operation = (number: number) =>
  ({ v: 1, operation: { user: { id: userId(number) } }, trace: {} }) as unknown as OperationMessage;

describe('MemoryBus', () => {
  it('hands out hints 32 at a time, and one operation of a lane at a time, in order', async () => {
    const time = new VirtualTime(0);
    const active = { hints: 0, lane: 0 };
    const most = { hints: 0, lane: 0 };
    const order: unknown[] = [];
    const bus = new MemoryBus(time, async (body, { queue, sessionId }) => {
      const kind = queue === 'directory-changes' ? 'hints' : 'lane';
      active[kind]++;
      most[kind] = Math.max(most[kind], active[kind]);
      if (sessionId === 'lane-01') order.push((body as OperationMessage).operation.user.id);
      await time.sleep(100);
      active[kind]--;
    });

    await bus.sender.sendHints(Array.from({ length: 100 }, (_, index) => hint(index)));
    for (let number = 1; number <= 3; number++) {
      await bus.sender.sendOperation('license-changes', operation(number), 'lane-01');
    }
    expect(bus.isQuiet).toBe(false);
    await time.run(60_000);

    expect(most).toEqual({ hints: 32, lane: 1 });
    expect(order).toEqual([userId(1), userId(2), userId(3)]);
    expect(bus.counters).toEqual({ sent: 103, completed: 103, retried: 0, deadLettered: 0 });
    expect(bus.isQuiet).toBe(true);
  });

  it('keeps what is scheduled until then, and is quiet meanwhile', async () => {
    const time = new VirtualTime(0);
    const handledAt: number[] = [];
    const bus = new MemoryBus(time, async () => void handledAt.push(time.now));

    await bus.sender.sendHints([hint(1)], { scheduledAt: 5_000 });
    expect(bus.isQuiet).toBe(true);
    await time.run(60_000);

    expect(handledAt).toEqual([5_020]);
    expect(bus.isQuiet).toBe(true);
  });

  it('delivers again ten times, then gives up until the dead letter is taken back', async () => {
    const time = new VirtualTime(0);
    const deliveries: number[] = [];
    const bus = new MemoryBus(time, async (_body, { deliveryCount }) => {
      deliveries.push(deliveryCount);
      throw new Error('no luck');
    });

    await bus.sender.sendHints([hint(1)]);
    await time.run(60_000);

    expect(deliveries).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9, 10]);
    expect(bus.counters).toMatchObject({ completed: 0, retried: 9, deadLettered: 1 });
    const reasons: string[] = [];
    const drained = await bus.deadLetters.drain('directory-changes', 10, async ({ reason }) => {
      reasons.push(reason);
    });
    expect([drained, reasons]).toEqual([1, [expect.stringContaining('no luck')]]);
    expect(await bus.deadLetters.drain('directory-changes', 10, async () => undefined)).toBe(0);
    expect(bus.isQuiet).toBe(true);
  });

  it('lets what a person must fix wait a minute before the next delivery', async () => {
    const time = new VirtualTime(0);
    const at: number[] = [];
    const bus = new MemoryBus(time, async () => {
      at.push(time.now);
      if (at.length === 1) throw new PermanentError('store/no-etag', 'broken');
    });

    await bus.sender.sendHints([hint(1)]);
    await time.run(600_000);

    expect(at).toEqual([20, 60_120]);
  });
});
