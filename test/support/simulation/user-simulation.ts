import type { Random } from '../../../shared/kernel/random';
import { applyToUser } from '../../../shared/pipeline/handlers/apply-user';
import { decideUser } from '../../../shared/pipeline/handlers/decide-user';
import { lookHint } from '../../../shared/queue/look-hint';
import type { Hint } from '../../../shared/queue/messages';
import { makePipelineWorld, userId } from '../pipeline-world';
import { SimulatedBroker } from './simulated-broker';
import type { Message } from './simulated-broker';
import { makeSimulatedHost } from './simulated-host';
import type { SimulatedHost } from './simulated-host';
import { SimulatedUser, simulatedPolicies } from './simulated-user';
import type { SimulatedPolicy, Version } from './simulated-user';
import { Trouble } from './trouble';
import type { Faults } from './trouble';
import { VirtualTime } from '../../../rehearsal/world/virtual-time';
import { quietTask } from '../quiet-task';

/** `perFunction`: each function runs in processes of its own, as on Flex Consumption. */
export type Processes = 'shared' | 'perFunction';

/** What the sources keep to themselves. */
export type Sources = {
  /** Share of the changes that neither delta tells, at any time: as some restored users, or a lost position of groups. */
  readonly untold: number;
};
const usualSources: Sources = { untold: 0 };

/**
 * One user's way through the real handlers on two hosts, in virtual time. The directory's replicas are behind, its
 * notifications come late, doubled or never, its writes go wrong with or without their effect; so do the calls of
 * tables and queues; locks are lost, and hosts die between any two steps.
 */
export class UserSimulation {
  readonly #world = makePipelineWorld();
  readonly #trouble: Trouble;
  readonly #broker: SimulatedBroker<SimulatedHost>;
  readonly #hosts: SimulatedHost[];
  readonly #processes: Processes;
  readonly #sources: Sources;
  #hostsMade = 0;
  readonly #story: string[] = [];
  readonly time: VirtualTime;
  readonly user: SimulatedUser;

  constructor(
    random: Random,
    faults: Faults,
    policy: SimulatedPolicy,
    processes: Processes = 'shared',
    sources: Sources = usualSources,
  ) {
    this.#processes = processes;
    this.#sources = sources;
    this.#world.world.policyText = simulatedPolicies[policy];
    this.time = new VirtualTime(this.#world.now(), (now) => this.#world.advance(now - this.#world.now()));
    this.#trouble = new Trouble(random, faults);
    const onChange = (change: Partial<Version>, isReported: boolean) => {
      this.#tell(`the user changes: ${JSON.stringify(change)}`);
      if (isReported) this.#report();
    };
    const knownWriteAt = () => this.state?.lastWrite?.at ?? -Infinity;
    this.user = new SimulatedUser(this.time, this.#trouble, onChange, knownWriteAt);
    const hosts = {
      pick: (kind: Message['body']['kind']) => this.#anyHost(kind),
      kill: (host: SimulatedHost) => this.#replace(host),
      handle: (host: SimulatedHost, message: Message) => this.#handle(host, message),
    };
    this.#broker = new SimulatedBroker(this.time, this.#trouble, hosts, (text) =>
      this.#tell(`${text}; ${this.#describeRow()}`),
    );
    this.#hosts = Array.from({ length: processes === 'shared' ? 2 : 4 }, () => this.#makeHost());
  }

  get state() {
    return this.#world.state();
  }

  get ledger() {
    return this.#world.ledger();
  }

  get failures() {
    return this.#world.failures;
  }

  /** What happened, a line for each event. */
  get story(): string {
    return this.#story.join('\n');
  }

  /** A hint from elsewhere than the directory. */
  hear(source: Hint['source']): void {
    this.#broker.send({ kind: 'hint', hint: lookHint(userId, source, this.time.now) });
  }

  /**
   * The directory tells of a change of the user's membership: a notification has groups followed at once, unless it is
   * lost, and the timer follows them in any case. Both lead to a look of the deltas, some of them twice.
   */
  reportMembership(): void {
    const { time } = this;
    const between = (from: number, to: number) => this.#trouble.between(from, to);
    if (!this.#trouble.strikes(0.2)) time.after(between(800, 6_000), () => this.hear('delta'));
    if (this.#isUntold()) return;
    for (let count = this.#trouble.strikes(0.1) ? 2 : 1; count > 0; count--)
      time.after(between(500, 17_000), () => this.hear('delta'));
  }

  pause(scope: string): void {
    const pause = { scope, origin: 'operator', reason: 'a test', by: 'a test', probedAt: null } as const;
    void this.#world.pipeline.control.pause({ ...pause, at: this.time.now });
  }

  resume(scope: string): void {
    void this.#world.pipeline.control.resume(scope, 'operator');
  }

  /** From now on everything works. */
  endTrouble(): void {
    this.#trouble.isOver = true;
    this.#tell('everything works from now on');
  }

  #tell(text: string): void {
    this.#story.push(`${(this.time.elapsedMs / 1_000).toFixed(2)} ${text}`);
  }

  #describeRow(): string {
    const { state } = this;
    if (state === null) return 'no row';
    const { version, outcome, retry, intent } = state;
    const due = retry === null ? '' : `, ${retry.key} ${retry.token} due ${this.#seconds(retry.at)}`;
    return `row ${version} ${String(outcome)}${due}${intent === null ? '' : `, intent of ${this.#seconds(intent.at)}`}`;
  }

  #seconds(at: number): string {
    return ((at - this.time.startedAt) / 1_000).toFixed(2);
  }

  /** Notifications may be lost; delta tells of everything, some of it twice. */
  #report(): void {
    const { strikes, between } = {
      strikes: (share: number) => this.#trouble.strikes(share),
      between: (from: number, to: number) => this.#trouble.between(from, to),
    };
    const notifications = strikes(0.2) ? 0 : strikes(0.3) ? 3 : 1;
    for (let count = 0; count < notifications; count++) {
      this.time.after(between(100, 3_000), () => this.hear('notification'));
    }
    if (this.#isUntold()) return;
    for (let count = strikes(0.1) ? 2 : 1; count > 0; count--) {
      this.time.after(between(500, 17_000), () => this.hear('delta'));
    }
  }

  #isUntold(): boolean {
    const { untold } = this.#sources;
    return untold > 0 && this.#trouble.chance(untold);
  }

  #makeHost(): SimulatedHost {
    return makeSimulatedHost({
      base: this.#world.pipeline,
      user: this.user,
      time: this.time,
      trouble: this.#trouble,
      send: (body, at) => this.#broker.send(body, at),
      seed: ++this.#hostsMade,
    });
  }

  #anyHost(kind: Message['body']['kind']): SimulatedHost {
    const first = this.#processes === 'perFunction' && kind === 'operation' ? 2 : 0;
    const host = this.#hosts[first + (this.#trouble.chance(0.5) ? 0 : 1)];
    if (host === undefined) throw new Error('There are two hosts of each function');
    return host;
  }

  #replace(host: SimulatedHost): void {
    host.isAlive = false;
    const place = this.#hosts.indexOf(host);
    if (place >= 0) this.#hosts[place] = this.#makeHost();
  }

  async #handle({ pipeline }: SimulatedHost, { id, body, deliveries }: Message): Promise<void> {
    const delivery = { messageId: id, deliveryCount: deliveries };
    if (body.kind === 'hint') {
      const message = { v: 1, hint: body.hint, trace: {} };
      await decideUser(pipeline, quietTask, message, { ...delivery, queue: 'directory-changes' });
    } else {
      await applyToUser(pipeline, quietTask, body.message, {
        ...delivery,
        queue: body.queue,
        sessionId: 'lane-00',
      });
    }
  }
}
