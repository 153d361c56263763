import { execFileSync, fork } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ServiceBusClient } from '@azure/service-bus';
import type { ServiceBusSender } from '@azure/service-bus';
import { makeTarget, roundFigure } from '../../emulator-kit/bench/bench-result';
import type { BenchResult } from '../../emulator-kit/bench/bench-result';
import { median } from '../../emulator-kit/bench/median';

/** Below these the embedded broker would be what limits a test, not the client. */
const targets = [
  ['sendVersusEcho', 0.7],
  ['receiveVersusEcho', 0.5],
  ['deepVersusShallow', 0.85],
] as const;

const queue = 'bench';
const body = 'x'.repeat(500);
const batchSize = 100;
const concurrentCalls = 100;

type Server = {
  readonly child: ChildProcess;
  readonly client: ServiceBusClient;
  readonly sender: ServiceBusSender;
};

/**
 * The embedded broker in its own process against a bare rhea echo in its own process, with the same client, in turns:
 * 500-byte bodies, batches of 100, `subscribe` with 100 concurrent calls. Rates are messages per second, medians of
 * the rounds.
 */
export async function benchBus(
  options: { readonly messages?: number; readonly depth?: number } = {},
): Promise<BenchResult> {
  const messages = options.messages ?? 10_000;
  const depth = options.depth ?? 200_000;
  const data = mkdtempSync(join(tmpdir(), 'bench-bus-'));
  const servers: Server[] = [];
  const start = async (...args: Parameters<typeof startServer>) => {
    const server = await startServer(...args);
    servers.push(server);
    return server;
  };
  try {
    const config = join(data, 'config.json');
    writeFileSync(
      config,
      JSON.stringify({ UserConfig: { Namespaces: [{ Name: 'bench', Queues: [{ Name: queue }] }] } }),
    );
    const brokerEntry = join(__dirname, '..', 'src', 'main.js');
    const brokerArgs = ['--port', '0', '--management-port', '0', '--config', config];
    const broker = await start(brokerEntry, brokerArgs);
    const durable = await start(brokerEntry, [...brokerArgs, '--data', join(data, 'journal')]);
    const echo = await start(join(__dirname, 'bus-echo.js'), []);
    const rates = await inTurns({ broker, durable, echo }, messages);

    const idle = residentBytes(broker.child);
    const shallow = await rateAtDepth(broker, 1_000, messages);
    const deep = await rateAtDepth(broker, depth, messages);
    const bytesPerMessage = (residentBytes(broker.child) - idle) / depth;

    const figures = {
      sendPerSecond: rates.broker.send,
      receivePerSecond: rates.broker.receive,
      echoSendPerSecond: rates.echo.send,
      echoReceivePerSecond: rates.echo.receive,
      durableSendPerSecond: rates.durable.send,
      durableReceivePerSecond: rates.durable.receive,
      sendVersusEcho: rates.broker.send / rates.echo.send,
      receiveVersusEcho: rates.broker.receive / rates.echo.receive,
      shallowPerSecond: shallow,
      deepPerSecond: deep,
      deepVersusShallow: deep / shallow,
      residentBytesPerMessage: bytesPerMessage,
    };
    return {
      figures: Object.fromEntries(Object.entries(figures).map(([key, figure]) => [key, roundFigure(figure)])),
      targets: targets.map(([key, value]) => makeTarget(key, '>=', value, figures[key])),
    };
  } finally {
    for (const { client, child } of servers) {
      await client.close();
      child.kill();
    }
    rmSync(data, { recursive: true });
  }
}

type Rates = { readonly send: number; readonly receive: number };

/** One round of each after the other, so that what disturbs the machine disturbs all of them. */
async function inTurns<Name extends string>(
  servers: Record<Name, Server>,
  messages: number,
): Promise<Record<Name, Rates>> {
  const rounds = new Map<string, { send: number[]; receive: number[] }>();
  for (let round = 0; round < 4; round++) {
    for (const [name, server] of Object.entries<Server>(servers)) {
      const rates = rounds.get(name) ?? { send: [], receive: [] };
      rounds.set(name, rates);
      const send = await sendMany(server, messages);
      const receive = await receiveMany(server, messages);
      // The first round warms up.
      if (round === 0) continue;
      rates.send.push(send);
      rates.receive.push(receive);
    }
  }
  const medians = [...rounds].map(([name, { send, receive }]) => [
    name,
    { send: median(send), receive: median(receive) },
  ]);
  return Object.fromEntries(medians) as Record<Name, Rates>;
}

/** Adds to and takes from a queue of that depth, in turns. The sum of both directions' time counts. */
async function rateAtDepth(server: Server, depth: number, messages: number): Promise<number> {
  await sendMany(server, depth);
  const rates: number[] = [];
  for (let round = 0; round < 5; round++) {
    const start = process.hrtime.bigint();
    await sendMany(server, messages / 2);
    await receiveMany(server, messages / 2);
    rates.push(messages / secondsSince(start));
  }
  return median(rates);
}

async function sendMany({ sender }: Server, count: number): Promise<number> {
  const start = process.hrtime.bigint();
  const batch = Array.from({ length: batchSize }, () => ({ body }));
  for (let sent = 0; sent < count; sent += batchSize) await sender.sendMessages(batch);
  return count / secondsSince(start);
}

async function receiveMany({ client }: Server, count: number): Promise<number> {
  // Without renewal: its timers are the client's work, and the echo's messages share one id.
  const receiver = client.createReceiver(queue, { maxAutoLockRenewalDurationInMs: 0 });
  const start = process.hrtime.bigint();
  let handled = 0;
  await new Promise<void>((resolve, reject) => {
    receiver.subscribe(
      {
        processMessage: async () => {
          if (++handled === count) resolve();
        },
        processError: async ({ error }) => reject(error),
      },
      { maxConcurrentCalls: concurrentCalls },
    );
  });
  const rate = count / secondsSince(start);
  await receiver.close();
  return rate;
}

async function startServer(entry: string, args: readonly string[]): Promise<Server> {
  const child = fork(entry, args, { stdio: ['ignore', 'ignore', 'inherit', 'ipc'] });
  const port = await new Promise<number>((resolve, reject) => {
    child.once('message', (ready: { port: number }) => resolve(ready.port));
    child.once('exit', (code) => reject(new Error(`${entry} ended with ${code}`)));
  });
  const client = new ServiceBusClient(
    `Endpoint=sb://127.0.0.1:${port};SharedAccessKeyName=k;SharedAccessKey=SAS_KEY_VALUE;UseDevelopmentEmulator=true;`,
  );
  return { child, client, sender: client.createSender(queue) };
}

function residentBytes({ pid }: ChildProcess): number {
  return Number(execFileSync('ps', ['-o', 'rss=', '-p', String(pid)], { encoding: 'utf8' })) * 1_024;
}

function secondsSince(start: bigint): number {
  return Number(process.hrtime.bigint() - start) / 1e9;
}
