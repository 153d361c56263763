import { lookHint } from '../../../shared/queue/look-hint';
import type { Hint, OperationMessage } from '../../../shared/queue/messages';

import { userId } from '../pipeline-world';
import type { Trouble } from './trouble';
import type { VirtualTime } from '../../../rehearsal/world/virtual-time';
import type { OperationQueue } from '../../../shared/queue/queues';

export type Body =
  | { readonly kind: 'hint'; readonly hint: Hint }
  | { readonly kind: 'operation'; readonly message: OperationMessage; readonly queue: OperationQueue };
export type Message = { readonly id: string; readonly body: Body; deliveries: number };
/** A functions host: whatever it has begun ends with it. */
export type Host = { isAlive: boolean };

const lockMs = { hint: 30_000, operation: 60_000 };
const mostDeliveries = 10;

/** At least once, in any order; operations one at a time, since they are all of one lane. */
export class SimulatedBroker<SomeHost extends Host> {
  readonly #lane: Message[] = [];
  #isLaneBusy = false;
  #ids = 0;

  constructor(
    private readonly time: VirtualTime,
    private readonly trouble: Trouble,
    private readonly hosts: {
      pick(kind: Body['kind']): SomeHost;
      kill(host: SomeHost): void;
      handle(host: SomeHost, message: Message): Promise<void>;
    },
    private readonly tell: (text: string) => void,
  ) {}

  send(body: Body, at = this.time.now): void {
    const message: Message = { id: `m${++this.#ids}`, body, deliveries: 0 };
    const late = this.trouble.strikes(0.1) ? 12_000 : 200;
    this.time.at(Math.max(at, this.time.now) + this.trouble.between(0, late), () => this.#arrive(message));
  }

  #arrive(message: Message): void {
    if (message.body.kind === 'hint') {
      void this.#deliver(message);
      return;
    }
    this.#lane.push(message);
    this.#goOnWithLane();
  }

  #goOnWithLane(): void {
    const message = this.#isLaneBusy ? undefined : this.#lane.shift();
    if (message === undefined) return;
    this.#isLaneBusy = true;
    void this.#deliver(message);
  }

  async #deliver(message: Message): Promise<void> {
    const { time, trouble, hosts, tell } = this;
    const host = hosts.pick(message.body.kind);
    message.deliveries++;
    tell(`${nameOf(message)} begins`);
    let isOver = false;
    const end = (comesAgain: boolean) => {
      if (isOver) return;
      isOver = true;
      if (message.body.kind === 'operation') this.#isLaneBusy = false;
      if (comesAgain) this.#deliverAgain(message);
      this.#goOnWithLane();
    };
    if (trouble.strikes(trouble.faults.lostLocks)) time.after(trouble.between(0, 5_000), () => end(true));
    if (trouble.strikes(trouble.faults.kills)) {
      time.after(trouble.between(0, 4_000), () => {
        if (isOver) return;
        tell(`the host of ${message.id} dies`);
        hosts.kill(host);
      });
    }
    const renewLock = () => {
      if (isOver) return;
      if (host.isAlive) time.after(lockMs[message.body.kind], renewLock);
      else end(true);
    };
    time.after(lockMs[message.body.kind], renewLock);
    try {
      await hosts.handle(host, message);
      tell(`${message.id} is done`);
      end(false);
    } catch (error) {
      tell(`${message.id} has thrown: ${String(error)}`);
      end(true);
    }
  }

  #deliverAgain(message: Message): void {
    if (message.deliveries < mostDeliveries) this.time.after(100, () => this.#arrive(message));
    // What the timer that takes dead letters back makes of it.
    else
      this.send(
        { kind: 'hint', hint: lookHint(userId, 'deadLetter', this.time.now) },
        this.time.now + 60_000,
      );
  }
}

function nameOf({ id, body }: Message): string {
  if (body.kind === 'operation') return `${id} operation`;
  return `${id} ${body.hint.source} ${body.hint.retryToken ?? ''}`;
}
