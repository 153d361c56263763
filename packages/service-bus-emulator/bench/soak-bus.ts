import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { systemClock } from '../../emulator-kit/src/clock';
import { seededRandom } from '../../emulator-kit/src/random';
import { SoakBroker } from './soak-broker';
import { SoakLedger } from './soak-ledger';
import { measureHeapGrowth } from './soak-memory';
import { consume, produce } from './soak-clients';

export type SoakResult = {
  readonly seed: number;
  readonly minutes: number;
  readonly acknowledged: number;
  readonly completed: number;
  readonly deadLettered: number;
  readonly queued: number;
  readonly kills: number;
  readonly cuts: number;
  /** Acknowledged, and nowhere. Must be 0. */
  readonly lost: number;
  /** In more than one place, or there after the completion was confirmed. Must be 0. */
  readonly doubled: number;
  /** Where the broker's counters differ from what was found. Must be empty. */
  readonly disagreements: readonly string[];
  /** Growth of the heap after collection over five rounds of fill and drain. Must be below 0.02. */
  readonly heapGrowth: number;
};

/**
 * Senders and receivers against a durable broker that is killed, and whose connections are cut, at random times. At the
 * end every message whose send was acknowledged is in exactly one of: completed, dead-lettered, queued.
 */
export async function soakBus(minutes: number, seed: number): Promise<SoakResult> {
  const random = seededRandom(seed);
  const directory = mkdtempSync(join(tmpdir(), 'soak-bus-'));
  const config = join(directory, 'config.json');
  const properties = { LockDuration: 'PT5S', MaxDeliveryCount: 4 };
  const queues = [{ Name: 'soak', Properties: properties }];
  writeFileSync(config, JSON.stringify({ UserConfig: { Namespaces: [{ Name: 'soak', Queues: queues }] } }));
  const broker = await SoakBroker.start(config, join(directory, 'data'));
  const ledger = new SoakLedger();
  try {
    const stop = new AbortController();
    const clients = [
      ...[1, 2].map((number) => produce(broker, ledger, `p${number}`, random, stop.signal)),
      ...[1, 2, 3].map(() => consume(broker, ledger, random, stop.signal)),
    ];
    const end = systemClock.now() + minutes * 60_000;
    let [kills, cuts] = [0, 0];
    while (systemClock.now() < end) {
      await systemClock.sleep(1_000 + random() * 4_000);
      if (random() < 0.5) {
        kills++;
        await broker.killAndRestart();
      } else {
        cuts++;
        broker.cutConnections();
      }
    }
    stop.abort();
    await Promise.all(clients);
    const found = await broker.takeStock(ledger);
    const heapGrowth = await measureHeapGrowth();
    return { seed, minutes, kills, cuts, ...found, heapGrowth };
  } finally {
    await broker.stop();
    rmSync(directory, { recursive: true });
  }
}

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: { minutes: { type: 'string', default: '1' }, seed: { type: 'string', default: '1' } },
  });
  const result = await soakBus(Number(values.minutes), Number(values.seed));
  console.log(JSON.stringify(result, null, 2));
  const isGood =
    result.lost === 0 &&
    result.doubled === 0 &&
    result.disagreements.length === 0 &&
    result.heapGrowth < 0.02;
  process.exitCode = isGood ? 0 : 1;
}

if (require.main === module) {
  // A client that was cut may leave timers behind.
  void main().finally(() => process.exit());
}
