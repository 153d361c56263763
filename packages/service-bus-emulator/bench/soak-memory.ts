import { randomUUID } from 'node:crypto';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { systemClock } from '../../emulator-kit/src/clock';
import { Broker } from '../src/engine/broker';
import { memoryJournal } from '../src/engine/journal';
import { defaultQueueSettings } from '../src/engine/settings';

const rounds = 5;
const depth = 50_000;

/** Fills and drains a queue; how much the heap grows from the first to the last round, after collection, as a fraction. */
export async function measureHeapGrowth(): Promise<number> {
  setFlagsFromString('--expose-gc');
  const collect = runInNewContext('gc') as () => void;
  const broker = new Broker({
    clock: systemClock,
    journal: memoryJournal,
    newToken: () => randomUUID().replaceAll('-', ''),
  });
  const queue = broker.create('memory', defaultQueueSettings);
  const heap: number[] = [];
  // One round more, first, to warm up.
  for (let round = 0; round <= rounds; round++) {
    for (let number = 0; number < depth; number++) {
      queue.send([
        {
          content: Buffer.alloc(500),
          messageId: `${round}-${number}`,
          sessionId: undefined,
          partitionKey: undefined,
          timeToLiveMs: undefined,
          scheduledFor: undefined,
        },
      ]);
    }
    const tokens: string[] = [];
    let credit = depth;
    const consumer = queue.addConsumer({
      mode: 'peekLock',
      canTake: () => credit > 0,
      take: (message) => {
        credit--;
        if (message.lock) tokens.push(message.lock.token);
      },
      onEnded: () => undefined,
    });
    queue.poke(consumer);
    for (const token of tokens) queue.settle(token, { kind: 'complete' });
    queue.removeConsumer(consumer);
    tokens.length = 0;
    // Objects with finalizers need a turn of the loop between two collections.
    collect();
    await systemClock.sleep(50);
    collect();
    heap.push(process.memoryUsage().heapUsed);
  }
  broker.stop();
  const [, first = 1] = heap;
  return ((heap.at(-1) ?? first) - first) / first;
}
