import type { OpenGraph } from '@auto-licenser/graph-emulator/open-graph';
import type { VirtualTime } from '../../rehearsal/world/virtual-time';
import { ConcurrencyError, PermanentError, UserError, ensureError } from '../../shared/kernel/errors';
import { requestNightlyCensus } from '../../shared/pipeline/census/find-next-census';
import { doDueWork } from '../../shared/pipeline/due/do-due-work';
import { wakeDueWork, wakeWhile } from '../../shared/pipeline/due/wake-due-work';
import { applyToUser } from '../../shared/pipeline/handlers/apply-user';
import { decideUser } from '../../shared/pipeline/handlers/decide-user';
import { handleMessage } from '../../shared/pipeline/handlers/handle-message';
import { runMaintenance } from '../../shared/pipeline/handlers/return-dead-letters';
import { followChanges } from '../../shared/pipeline/intake/follow-changes';
import { makeGroupCalls } from '../../shared/pipeline/intake/groups/call-for-groups';
import { keepSubscription } from '../../shared/pipeline/intake/keep-subscription';
import { receiveNotification } from '../../shared/pipeline/intake/receive-notification';
import type { Services } from '../../shared/pipeline/services';
import type { Task } from '../../shared/pipeline/task';
import { silentLogger } from '../../shared/kernel/logger';
import { timing } from '../../shared/kernel/timing';
import { dueWorks } from '../../shared/queue/due-work';
import { operatorQueue, readOperatorRequest } from '../../shared/queue/operator-requests';
import { queueNames } from '../../shared/queue/queues';
import type { Fault, Script } from '../script/script';
import { userIdOf } from '../script/tenant-model';
import { buildProcess } from './app-process';
import type { AppWorld } from './app-process';
import type { BrokerMessage, BrokerQueue, Receiver } from './broker';
import { functionGroups, groupOf } from './function-groups';
import type { FunctionGroup } from './function-groups';
import { SimulatedProcess } from './process';
import { makeGroupCall, makeWake } from './queue-ports';
import { tenantId } from './tenant';

const processesOfEach = 2;
/** How long timers wait while nothing happens: idle hours are passed quickly. */
const idleMs = 30 * 60_000;
/** How long the host lets go on what is being handled when it ends (milliseconds). */
const drainMs = 30_000;

const task: Task = { logger: silentLogger };

type TimerWork = (services: Services, own: Task, process: SimulatedProcess) => Promise<void>;

type TenantChange = Parameters<Parameters<OpenGraph['engine']['changes']['listen']>[0]>[0];
type Running = {
  readonly process: SimulatedProcess;
  readonly services: Services;
  readonly callForGroups: ReturnType<typeof makeGroupCalls>;
};

/**
 * The app of a run: its functions, in processes that begin when they are first needed, end, and are replaced. What is
 * killed leaves nothing but rows and messages.
 */
export class SimulatedApp {
  readonly #processes = new Map<FunctionGroup, (Running | undefined)[]>();
  #made = 0;
  #notifications = 0;
  /** Whatever happens makes the timer of the deltas fire often for a while: idle hours are passed quickly. */
  #busyUntil = 0;
  #nextRoundAt = Infinity;
  #isRoundUnderWay = false;
  #isOlder = false;

  constructor(
    private readonly world: AppWorld,
    private readonly time: VirtualTime,
    private readonly processes: Script['processes'],
    private readonly tell: (text: string) => void,
  ) {
    const groups: readonly FunctionGroup[] = processes === 'shared' ? ['decide'] : functionGroups;
    for (const group of groups) {
      this.#processes.set(
        group,
        Array.from({ length: processesOfEach }, () => undefined),
      );
    }
  }

  /** All processes that live, in the order of their numbers. */
  get living(): readonly SimulatedProcess[] {
    return [...this.#processes.values()].flat().flatMap((running) => running?.process ?? []);
  }

  /** A process that people's requests go to. */
  forPeople(): Running {
    return this.#any('http');
  }

  /** Who takes the next message of this queue. */
  receiver(queue: BrokerQueue): Receiver {
    const { process, services } = this.#any(groupOf[queue]);
    return {
      get isAlive() {
        return process.isAlive;
      },
      handle: (message) => this.#handle(services, message),
    };
  }

  /**
   * Another version is deployed: the processes that are there take nothing new, and end; at once, or after 30 s, in which
   * both versions run side by side.
   */
  deploy({ isOlder, isSudden }: { readonly isOlder: boolean; readonly isSudden: boolean }): void {
    const before = this.living;
    this.#isOlder = isOlder;
    for (const running of this.#processes.values()) running.fill(undefined);
    this.time.after(isSudden ? 0 : drainMs, () => before.forEach((process) => process.kill()));
    this.noteActivity();
  }

  /** Timers begin. */
  begin(): void {
    this.noteActivity();
    this.#every('graph-subscription', keepSubscription, 2_000);
    this.#every('dead-letters', runMaintenance, 30_000);
  }

  /** Asks for the census of the night. */
  beginNight(): void {
    this.#fire('census', requestNightlyCensus);
    this.noteActivity();
  }

  /**
   * Something is going on: changes are followed every 15 s, as in the app, until two rounds after it at least, since Graph
   * may be 20 s behind; then at the pace of idle hours.
   */
  noteActivity(): void {
    this.#busyUntil = this.time.now + 20_000;
    this.#planRound();
  }

  /** Graph says that a user or a group changed. */
  notify({ kind, id, type }: TenantChange): void {
    const { subscriptions, weather } = this.world;
    const subscription = subscriptions.of(kind === 'user' ? 'users' : 'groups', this.time.now);
    if (subscription === undefined) return;
    const isAbout = ({ user }: Fault) => user === undefined || userIdOf(user) === id;
    if (weather.take('lostNotification', isAbout) !== undefined) return;
    const copies = weather.take('doubledNotification') === undefined ? 1 : 2;
    const late = weather.take('lateNotification');
    const body = JSON.stringify({
      value: [
        {
          id: `notification-${String(++this.#notifications)}`,
          subscriptionId: subscription.id,
          subscriptionExpirationDateTime: subscription.expirationDateTime,
          clientState: subscription.clientState,
          tenantId,
          changeType: type === 'softDeleted' ? 'deleted' : 'updated',
          resource: `${kind === 'user' ? 'Users' : 'Groups'}/${id}`,
          resourceData: { id },
        },
      ],
    });
    for (let copy = 0; copy < copies; copy++) {
      const ms = late === undefined ? 100 + weather.pick(600) : late.lagMs * 3;
      this.time.after(ms, () => this.#deliverNotification(body, 3));
    }
  }

  #deliverNotification(body: string, triesLeft: number): void {
    const { process, services, callForGroups } = this.#any('http');
    const followGroups = () => callForGroups(services, () => undefined);
    let isAnswered = false;
    const again = () => {
      if (isAnswered) return;
      isAnswered = true;
      if (triesLeft > 0) this.#deliverNotification(body, triesLeft - 1);
    };
    // Graph waits ten seconds for an answer, and sends again later.
    this.time.after(10_000, () => {
      if (!process.isAlive) again();
    });
    receiveNotification(services, task, { validationToken: null, body }, followGroups).then(
      ({ status }) => {
        if (status >= 500) again();
        else isAnswered = true;
      },
      () => this.time.after(10_000, again),
    );
  }

  async #handle(services: Services, message: BrokerMessage): Promise<void> {
    const body = this.world.broker.bodyOf(message);
    if (message.queue === operatorQueue) {
      const request = readOperatorRequest(body);
      if (request?.work === undefined) return;
      // Users may wait for a seat all day: that alone keeps nothing busy.
      if (request.work !== 'waiting-list') this.noteActivity();
      await doDueWork(services, task, request);
      return;
    }
    this.noteActivity();
    const handle = message.queue === queueNames.directoryChanges ? decideUser : applyToUser;
    const { id, queue, deliveries, sessionId } = message;
    const lane = sessionId === undefined ? {} : { sessionId };
    try {
      await handleMessage(services, task, handle, body, {
        queue,
        messageId: id,
        deliveryCount: deliveries,
        ...lane,
      });
    } catch (error) {
      // As the trigger does.
      if (error instanceof UserError || error instanceof PermanentError)
        await services.clock.sleep(timing.queue.beforeRedelivery.ms);
      throw error;
    }
  }

  #start(group: FunctionGroup): Running {
    const number = ++this.#made;
    const { weather } = this.world;
    const process = new SimulatedProcess(`${group}-${String(number)}`, this.time, weather, (dead) =>
      this.#replace(group, dead),
    );
    process.isOlder = this.#isOlder;
    const services = buildProcess(this.world, process, number);
    const callForGroups = makeGroupCalls((at) =>
      makeGroupCall(this.world.broker, process)(at, services.newId()),
    );
    return { process, services, callForGroups };
  }

  #replace(group: FunctionGroup, dead: SimulatedProcess): void {
    this.tell(`${dead.name} dies`);
    const running = this.#processes.get(group);
    const place = running?.findIndex((one) => one?.process === dead) ?? -1;
    if (running !== undefined && place >= 0) running[place] = undefined;
  }

  #any(group: FunctionGroup): Running {
    const own = this.processes === 'shared' ? 'decide' : group;
    const running = this.#processes.get(own) ?? [];
    const place = this.world.weather.pick(processesOfEach);
    return (running[place] ??= this.#start(own));
  }

  #planRound(): void {
    if (this.#isRoundUnderWay) return;
    const at = this.time.now + (this.time.now < this.#busyUntil ? 15_000 : idleMs);
    if (at >= this.#nextRoundAt) return;
    this.#nextRoundAt = at;
    this.time.at(at, () => {
      if (this.#nextRoundAt === at) this.#round();
    });
  }

  /** The timer `users-delta`: one at a time, whatever becomes of it. */
  #round(): void {
    this.#nextRoundAt = Infinity;
    this.#isRoundUnderWay = true;
    const follow: TimerWork = (services, own, process) => {
      const wake = makeWake(this.world.broker, process);
      return wakeWhile(
        services,
        () => followChanges(services, own, services.clock),
        () => wakeDueWork(services, own, dueWorks, wake),
      );
    };
    this.#fire('users-delta', follow, () => {
      this.#isRoundUnderWay = false;
      this.#planRound();
    });
  }

  #every(name: string, handle: TimerWork, firstMs: number): void {
    const again = () => {
      this.#fire(name, handle);
      this.time.after(idleMs, again);
    };
    this.time.after(firstMs, again);
  }

  /** Runs a timer once. `ended`: it ended, or its process did. */
  #fire(name: string, handle: TimerWork, ended: () => void = () => undefined): void {
    const { process, services } = this.#any('timers');
    let isOver = false;
    const end = () => {
      if (isOver) return;
      isOver = true;
      ended();
    };
    const watch = () => {
      if (isOver) return;
      if (process.isAlive) this.time.after(15_000, watch);
      else end();
    };
    this.time.after(15_000, watch);
    handle(services, task, process).then(end, (thrown: unknown) => {
      // What another instance has done meanwhile is no failed run.
      if (!(thrown instanceof ConcurrencyError))
        this.tell(`${name} has thrown: ${ensureError(thrown).message}`);
      end();
    });
  }
}
