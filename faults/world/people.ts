import { ensureError, UserError } from '../../shared/kernel/errors';
import { toUserId } from '../../shared/kernel/ids';
import { auditAsked, auditDone } from '../../shared/ops-api/requests/audit-request';
import type { Operator } from '../../shared/ops/audit/operator';
import { startCensus } from '../../shared/ops/census/census';
import { releaseUndo, undoUser } from '../../shared/ops/exceptions/undo-user';
import { dismissFailures } from '../../shared/ops/failures/dismiss-failures';
import { replayFailures } from '../../shared/ops/failures/replay-failures';
import { pauseScope, resumeScope } from '../../shared/ops/pauses/change-pause';
import { activatePolicy } from '../../shared/ops/rollouts/activate-policy';
import { approveRollout } from '../../shared/ops/rollouts/change-rollout';
import { queueForDeciding } from '../../shared/ops/users/queue-for-deciding';
import type { Services } from '../../shared/pipeline/services';
import type { QueueInspector } from '../../shared/queue/queue-inspector';
import type { VirtualTime } from '../../rehearsal/world/virtual-time';
import { policyTextOf } from '../script/policy-text';
import type { Act } from '../script/script';
import { userIdOf } from '../script/tenant-model';
import type { PolicyModel } from '../script/tenant-model';

/** What a person did: `requestId` is in the audit, whatever became of it. */
export type Done = {
  readonly by: string;
  readonly action: string;
  readonly requestId: string;
  readonly at: number;
  /** `unknown`: the process that did it ended, or had no answer. */
  result: 'done' | 'refused' | 'unknown';
};

const minuteMs = 60_000;
const why = 'the campaign';

/** People who use the app: every action is asked for as the ops API does it, written down before it begins. */
export class People {
  readonly actions: Done[] = [];
  #asked = 0;

  constructor(
    private readonly time: VirtualTime,
    /** A process that serves them. */
    private readonly server: () => Services,
    private readonly inspector: QueueInspector,
    private readonly policies: readonly PolicyModel[],
    private readonly tell: (text: string) => void,
  ) {}

  act(act: Act): void {
    void this.#act(act);
  }

  async #act(act: Act): Promise<void> {
    const user = 'user' in act ? userIdOf(act.user) : '';
    switch (act.kind) {
      case 'requeue':
        await this.#ask(act.by, 'user/apply', (services, operator) =>
          queueForDeciding(services, { kind: 'users', users: [user] }, operator),
        );
        return;
      case 'replay':
        await this.#ask(act.by, 'failure/replay', (services, operator) =>
          replayFailures(services, this.inspector, { kind: 'all' }, operator),
        );
        return;
      case 'dismiss':
        await this.#ask(act.by, 'failure/dismiss', (services, operator) =>
          dismissFailures(services, this.inspector, { kind: 'all' }, { ...operator, why }),
        );
        return;
      case 'census':
        await this.#ask(act.by, 'census/start', (services, operator) => startCensus(services, operator));
        return;
      case 'pause':
        await this.#ask(act.by, 'pause/set', (services, operator) =>
          pauseScope(services, act.scope, { ...operator, why }),
        );
        this.#later(act.forMs, () =>
          this.#untilDone(act.by, 'pause/lift', (services, operator) =>
            resumeScope(services, act.scope, operator),
          ),
        );
        return;
      case 'undo':
        await this.#ask(act.by, 'pin/undo', (services, operator) =>
          undoUser(services, { user, to: this.time.now - act.backMs, until: null }, operator),
        );
        this.#later(act.forMs, () =>
          this.#untilDone(act.by, 'pin/release', (services, operator) =>
            releaseUndo(services, toUserId(user), operator),
          ),
        );
        return;
      case 'activate':
        await this.#activate(act.by, act.approver, act.policy);
    }
  }

  async #activate(by: string, approver: string, number: number): Promise<void> {
    const policy = this.policies[number];
    if (policy === undefined) return;
    const text = policyTextOf(policy);
    await this.#ask(by, 'policy/activate', (services, operator) =>
      activatePolicy(services, { text, file: `policy-${String(number)}.yaml` }, operator),
    );
    for (let minute = 1; minute <= 3; minute++)
      this.#later(minute * 5 * minuteMs, () => this.#approveAll(approver));
  }

  /** Whatever awaits a second person. */
  async #approveAll(by: string): Promise<void> {
    let waiting: readonly string[];
    try {
      const rollouts = await this.server().rollouts.list();
      waiting = rollouts.filter(({ state }) => state === 'awaiting').map(({ id }) => id);
    } catch {
      return;
    }
    for (const id of waiting) {
      await this.#ask(by, 'rollout/approve', (services, operator) =>
        approveRollout(services, id, { ...operator, why }),
      );
    }
  }

  #later(ms: number, work: () => Promise<void>): void {
    this.time.after(ms, () => void work());
  }

  /** A person who must succeed asks again: what stays paused or pinned for ever would explain everything. */
  async #untilDone(by: string, action: string, work: Work): Promise<void> {
    const done = await this.#ask(by, action, work);
    if (done.result === 'unknown') this.#later(minuteMs, () => this.#untilDone(by, action, work));
  }

  async #ask(by: string, action: string, work: Work): Promise<Done> {
    const requestId = `request-${String(++this.#asked)}`;
    const done: Done = { by, action, requestId, at: this.time.now, result: 'unknown' };
    const operator: Operator = { by, why, via: 'cli', requestId };
    const services = this.server();
    this.tell(`${by}: ${action}`);
    const asked = (async () => {
      const named = await auditAsked(services, operator, action, 'campaign');
      this.actions.push(done);
      await work(services, named);
      await auditDone(services, named);
    })();
    try {
      // A process that ends gives no answer: the person gives up after a minute.
      await Promise.race([
        asked,
        this.time.sleep(minuteMs).then(() => Promise.reject(new Error('no answer'))),
      ]);
      done.result = 'done';
    } catch (thrown) {
      const error = ensureError(thrown);
      if (error instanceof UserError) done.result = 'refused';
      this.tell(`${by}: ${action}: ${error.message}`);
    }
    asked.catch(() => undefined);
    return done;
  }
}

type Work = (services: Services, operator: Operator) => Promise<unknown>;
