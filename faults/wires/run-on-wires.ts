import { setTimeout as sleep } from 'node:timers/promises';
import { openGraph } from '@auto-licenser/graph-emulator/open-graph';
import type { OpenGraph } from '@auto-licenser/graph-emulator/open-graph';
import { tenantLineSchema } from '@auto-licenser/graph-emulator/tenant-line';
import { z } from 'zod';
import { VirtualTime } from '../../rehearsal/world/virtual-time';
import { systemClock } from '../../shared/kernel/clock';
import { seededRandom } from '../../shared/kernel/random';
import { requestCensus } from '../../shared/pipeline/census/census-state';
import { readCensus } from '../../shared/pipeline/census/walk-census';
import { History } from '../judge/history';
import { judgeUsers } from '../judge/judge-users';
import { judgeWrites } from '../judge/judge-writes';
import type { Strikes } from '../judge/judge-writes';
import type { Problem } from '../judge/problem';
import type { RunResult } from '../run';
import { userIdOf } from '../script/tenant-model';
import { changeTenant } from '../world/change-tenant';
import type { TenantChange } from '../world/change-tenant';
import { factsOf } from '../world/holdings';
import { openTenant } from '../world/tenant';
import type { FaultCounts } from '../world/weather';
import { makeChange } from './make-change';
import { strike } from './strike';
import { startWireCloud } from './wire-cloud';
import type { WireCloud } from './wire-cloud';
import { drawWireDay } from './wire-day';
import type { WireDay } from './wire-day';

/** Looks that are due later than this are of no change that was reported. */
const settlesWithinMs = 420_000;
const pollMs = 2_000;
/** The embedded Graph's write log as the judge reads it: the emulator's own form, which it takes back as it gave it. */
const WriteLog = z.object({ entries: z.array(z.looseObject({ kind: z.string() })) });
type Writes = NonNullable<Parameters<typeof openGraph>[0]['writes']>;

/**
 * A short day over real wires: the app's own process, broker, tables and Graph, each behind its own client. Judged by what
 * the tenant's export and write log, the broker's counters and the users' rows say.
 * @throws Error the day could not be carried out: a fault of the campaign, not of the product
 */
export async function runOnWires(seed: number): Promise<RunResult> {
  const day = drawWireDay(seed);
  const wires = await startWireCloud(day);
  // The same tenant beside it, changed in the same way: it knows the facts at any time.
  const mirror = openTenant(day.tenant, new VirtualTime(systemClock.now()), seededRandom(seed));
  try {
    return await new WireRun(day, wires, mirror).go();
  } finally {
    mirror.close();
    await wires.stop();
  }
}

class WireRun {
  readonly #startedAt = systemClock.now();
  readonly #strikes: Strikes[number][] = [];
  readonly #history: History;

  constructor(
    private readonly day: WireDay,
    private readonly wires: WireCloud,
    private readonly mirror: OpenGraph,
  ) {
    const joiners = day.changes.flatMap((change) => (change.kind === 'join' ? [change.user] : []));
    const users = [...day.tenant.users.map(({ user }) => user), ...joiners];
    this.#history = new History(mirror, [day.policy], [...new Set(users)]);
    this.#history.note(this.#startedAt);
  }

  async go(): Promise<RunResult> {
    await Promise.all([this.#change(), this.#trouble()]);
    await this.wires.tell('DELETE', '/faults');
    const isCensusNeeded = this.#strikes.some(({ kind }) => kind === 'lostUserPosition');
    if (isCensusNeeded) await this.#compareAll();
    const { problems, effective } = await this.#judgeWhenQuiet();
    const exits = this.wires.exits.map((name): Problem => ({
      kind: 'lost',
      text: `the process ${name} ended by itself`,
    }));
    return {
      seed: this.day.seed,
      problems: [...problems, ...exits],
      faults: this.#counts(),
      users: this.#history.users.length,
      writes: effective,
      story: [],
    };
  }

  async #change(): Promise<void> {
    for (const change of this.day.changes) {
      await this.#until(change.at);
      // What does not fit, such as a user who is not there yet, is not asked of Graph either.
      if (!this.#fits(change) || !changeTenant(this.mirror, change)) continue;
      this.#history.note(systemClock.now());
      await makeChange(this.wires, change);
      this.#history.note(systemClock.now());
    }
  }

  #fits(change: TenantChange): boolean {
    if (!('user' in change) || change.kind === 'join') return true;
    const isKnown = this.mirror.engine.tenant.users.has(userIdOf(change.user));
    return isKnown && factsOf(this.mirror, change.user).isThere === (change.kind !== 'restore');
  }

  async #trouble(): Promise<void> {
    for (const fault of this.day.faults) {
      await this.#until(fault.at);
      this.#strikes.push({ kind: fault.kind, at: systemClock.now() });
      await strike(this.wires, fault);
    }
  }

  async #until(atMs: number): Promise<void> {
    await sleep(Math.max(0, this.#startedAt + atMs - systemClock.now()));
  }

  /** Who left a group while the position of groups was lost is found by a census alone. */
  async #compareAll(): Promise<void> {
    const { stores } = this.wires;
    const at = systemClock.now();
    await requestCensus(stores.cursors, { at, by: 'the campaign', reason: 'asked for' });
    const deadline = performance.now() + settlesWithinMs;
    while (performance.now() < deadline) {
      const { state } = await readCensus(stores);
      if (state !== undefined && state.startedAt >= at && state.phase === 'done') return;
      await sleep(pollMs);
    }
  }

  /** The first judgment without a problem, or the last one. */
  async #judgeWhenQuiet(): Promise<{ readonly problems: readonly Problem[]; readonly effective: number }> {
    const deadline = performance.now() + settlesWithinMs;
    for (;;) {
      const judged = await this.#judge();
      if (judged.problems.length === 0 || performance.now() > deadline) return judged;
      await sleep(pollMs);
    }
  }

  async #judge(): Promise<{ readonly problems: readonly Problem[]; readonly effective: number }> {
    const { wires, day } = this;
    const lines = (await wires.tell('GET', '/export')).trim().split('\n');
    const { entries } = WriteLog.parse(JSON.parse(await wires.tell('GET', '/write-log')));
    const graph = openGraph({
      tenant: lines.map((line) => tenantLineSchema.parse(JSON.parse(line))),
      // What the admin changed is in it, too.
      writes: entries.filter(({ kind }) => kind !== 'other') as unknown as Writes,
    });
    try {
      const { changes, policy } = day;
      const judged = judgeWrites(graph, this.#history, { changes }, this.#strikes, this.#startedAt);
      const users = await judgeUsers({
        graph,
        stores: wires.stores,
        policies: [policy],
        users: this.#history.users,
        changes,
        faults: this.#counts(),
        ours: judged.ours,
        isBeforeCensus: false,
      });
      return {
        problems: [...judged.problems, ...users, ...(await this.#judgeQueues())],
        effective: judged.effective,
      };
    } finally {
      graph.close();
    }
  }

  async #judgeQueues(): Promise<readonly Problem[]> {
    const counters = await this.wires.control.queueCounters();
    return Object.entries(counters)
      .filter(([, { active, locked }]) => active + locked > 0)
      .map(([queue, { active, locked }]) => ({
        kind: 'message',
        text: `${queue} has ${String(active)} active and ${String(locked)} locked messages`,
      }));
  }

  #counts(): FaultCounts {
    const counts: Record<string, number> = {};
    for (const { kind } of this.#strikes) counts[kind] = (counts[kind] ?? 0) + 1;
    return counts;
  }
}
