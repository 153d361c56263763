import { fork } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { createConnection, createServer } from 'node:net';
import type { AddressInfo, Server, Socket } from 'node:net';
import { join } from 'node:path';
import { ServiceBusClient } from '@azure/service-bus';
import { systemClock } from '../../emulator-kit/src/clock';
import type { SoakLedger } from './soak-ledger';

type Ready = { readonly port: number; readonly managementPort: number };
type Counters = { readonly active: number; readonly deadLetterNow: number };

// No retries: a batch that is sent again after a lost answer would rightly be there twice.
const retryOptions = { maxRetries: 0, retryDelayInMs: 50, timeoutInMs: 1_500 };
const entry = join(__dirname, '..', 'src', 'main.js');

/** A durable broker in a process of its own, behind a relay whose connections can be cut. */
export class SoakBroker {
  readonly #args: readonly string[];
  readonly #relay: Server;
  readonly #sockets = new Set<Socket>();
  #child: ChildProcess | undefined;
  #ready: Ready = { port: 0, managementPort: 0 };

  private constructor(args: readonly string[], relay: Server) {
    this.#args = args;
    this.#relay = relay;
    relay.on('connection', (socket) => this.#connect(socket));
  }

  connect(): ServiceBusClient {
    const { port } = this.#relay.address() as AddressInfo;
    return new ServiceBusClient(
      `Endpoint=sb://127.0.0.1:${port};SharedAccessKeyName=k;SharedAccessKey=SAS_KEY_VALUE;UseDevelopmentEmulator=true;`,
      { retryOptions },
    );
  }

  static async start(config: string, data: string): Promise<SoakBroker> {
    const relay = createServer().listen(0, '127.0.0.1');
    await once(relay, 'listening');
    const args = ['--port', '0', '--management-port', '0', '--config', config, '--data', data];
    const broker = new SoakBroker(args, relay);
    await broker.#spawn();
    return broker;
  }

  cutConnections(): void {
    for (const socket of this.#sockets) socket.resetAndDestroy();
  }

  /** As a crash would: no word, no time to write anything. */
  async killAndRestart(): Promise<void> {
    await this.#kill();
    await this.#spawn();
  }

  /**
   * Waits until no lock is left, then looks at everything that is still there. What an unanswered settlement did is
   * not known, and both answers are right; everything else must be in exactly one place.
   */
  async takeStock(ledger: SoakLedger) {
    await this.killAndRestart();
    const queued = await this.#peekAll(false);
    const dead = await this.#peekAll(true);
    const counters = await this.#counters();
    const places = (id: string) =>
      [ledger.completed.has(id), queued.ids.has(id), dead.ids.has(id)].filter(Boolean).length;
    const lost = [...ledger.acknowledged].filter((id) => places(id) === 0 && !ledger.uncertain.has(id));
    const doubled = [...ledger.acknowledged].filter((id) => places(id) > 1);
    const misplaced = [...ledger.deadLettered].filter((id) => !dead.ids.has(id));
    const disagreements = [
      ...(counters.active === queued.count ? [] : [`active ${counters.active}, found ${queued.count}`]),
      ...(counters.deadLetterNow === dead.count
        ? []
        : [`dead ${counters.deadLetterNow}, found ${dead.count}`]),
      ...(misplaced.length === 0 ? [] : [`${misplaced.length} confirmed dead letters are not there`]),
    ];
    return {
      acknowledged: ledger.acknowledged.size,
      completed: ledger.completed.size,
      deadLettered: dead.count,
      queued: queued.count,
      lost: lost.length,
      doubled: doubled.length + ledger.revived.size + queued.repeated + dead.repeated,
      disagreements,
    };
  }

  async stop(): Promise<void> {
    this.cutConnections();
    this.#relay.close();
    await this.#kill();
  }

  async #peekAll(deadLetters: boolean) {
    const client = this.connect();
    const receiver = client.createReceiver('soak', deadLetters ? { subQueueType: 'deadLetter' } : {});
    const ids = new Set<string>();
    let [count, repeated] = [0, 0];
    for (;;) {
      const messages = await receiver.peekMessages(100);
      if (messages.length === 0) break;
      for (const message of messages) {
        count++;
        if (ids.has(String(message.messageId))) repeated++;
        ids.add(String(message.messageId));
      }
    }
    await client.close();
    return { ids, count, repeated };
  }

  async #counters(): Promise<Counters> {
    const answer = await fetch(`http://127.0.0.1:${this.#ready.managementPort}/_local/counters`);
    const { queues } = (await answer.json()) as { queues: { soak: Counters } };
    return queues.soak;
  }

  #connect(client: Socket): void {
    const server = createConnection(this.#ready.port, '127.0.0.1');
    for (const [socket, other] of [
      [client, server],
      [server, client],
    ] as const) {
      this.#sockets.add(socket);
      socket.setNoDelay(true);
      socket.on('error', () => undefined);
      socket.on('close', () => {
        this.#sockets.delete(socket);
        other.destroy();
      });
      socket.pipe(other);
    }
  }

  async #spawn(): Promise<void> {
    const child = fork(entry, this.#args, { stdio: ['ignore', 'ignore', 'inherit', 'ipc'] });
    this.#child = child;
    this.#ready = await new Promise<Ready>((resolve, reject) => {
      child.once('message', (message: Ready) => resolve(message));
      child.once('exit', (code) => reject(new Error(`The broker ended with ${code}`)));
    });
    await systemClock.sleep(0);
  }

  async #kill(): Promise<void> {
    const child = this.#child;
    if (!child || child.exitCode !== null || child.signalCode !== null) return;
    const exited = once(child, 'exit');
    child.kill('SIGKILL');
    await exited;
  }
}
