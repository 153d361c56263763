import { parentPort, workerData } from 'node:worker_threads';
import { carryOut, toRefusedOrder } from './rehearse-in-thread';
import type { RehearsalOrder, ThreadMessage } from './rehearse-in-thread';

/** A thread that rehearses: once, what it was started with. Any other error ends it, and its process is told. */
const say = (message: ThreadMessage) => parentPort?.postMessage(message);

carryOut(workerData as RehearsalOrder, (progress) => say({ progress })).then(
  (rehearsal) => say({ rehearsal }),
  (thrown: unknown) => {
    const refused = toRefusedOrder(thrown);
    if (refused === undefined) throw thrown;
    say({ refused });
  },
);
