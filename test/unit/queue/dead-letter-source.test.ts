import { describe, expect, it } from '@jest/globals';
import type { ServiceBusClient } from '@azure/service-bus';
import { oneClient } from '../../support/one-client';
import { makeServiceBusDeadLetterSource } from '../../../shared/queue/dead-letter-source';

type Message = { readonly messageId: string; readonly sequenceNumber: number };

/** A dead-letter queue with so many messages; `settled`: what became of those that were handed out. */
function queueWith(count: number) {
  const waiting: Message[] = Array.from({ length: count }, (_none, index) => ({
    messageId: `m${String(index)}`,
    sequenceNumber: index + 1,
  }));
  const asked: number[] = [];
  const settled: Record<'completed' | 'abandoned', string[]> = { completed: [], abandoned: [] };
  const receiver = {
    receiveMessages: async (most: number) => (asked.push(most), waiting.splice(0, most)),
    completeMessage: async ({ messageId }: Message) => void settled.completed.push(messageId),
    abandonMessage: async ({ messageId }: Message) => void settled.abandoned.push(messageId),
    close: async () => undefined,
  };
  const client = { createReceiver: () => receiver } as unknown as ServiceBusClient;
  return { source: makeServiceBusDeadLetterSource(oneClient(client)), waiting, settled, asked };
}

describe('a walk over dead letters', () => {
  it('ends with the last that is looked for; what it passed is given back, and what lies behind is not touched', async () => {
    const { source, waiting, settled } = queueWith(5_000);
    const wanted = new Set(['m3', 'm25', 'm30']);

    const taken = await source.drain('directory-changes', 2_000, async ({ messageId }) => {
      if (!wanted.delete(messageId)) return 'leave';
      return wanted.size === 0 ? 'last' : undefined;
    });

    expect(taken).toBe(3);
    expect(settled.completed).toEqual(['m3', 'm25', 'm30']);
    expect(settled.abandoned).toHaveLength(37);
    expect(waiting).toHaveLength(5_000 - 40);
  });

  it('ends at the most that it may look at', async () => {
    const { source, settled, asked } = queueWith(100);

    expect(await source.drain('directory-changes', 30, async () => 'leave')).toBe(0);
    expect([settled.completed.length, settled.abandoned.length]).toEqual([0, 30]);
    // A message that is received is locked, also against others: no more than may be looked at.
    expect(asked).toEqual([20, 10]);
  });
});
