import { ConcurrencyError, TransientError } from '../../../shared/kernel/errors';
import { BulkPacer } from '../../../shared/pipeline/intake/bulk-pacer';
import type { Services } from '../../../shared/pipeline/services';
import { makeLastSuccess } from '../../../shared/pipeline/pauses/last-success';
import { makePauseSource } from '../../../shared/pipeline/pauses/pause-source';
import { makeDrainGate } from '../../../shared/pipeline/seats/drain-gate';
import { makeCatalogueSource } from '../../../shared/pipeline/sources/catalogue-source';
import { makeLearntConflictSource } from '../../../shared/pipeline/sources/learnt-conflict-source';
import { makeWaitingSkus } from '../../../shared/pipeline/sources/waiting-skus';
import type { Directory } from '../../../shared/graph/directory';
import { seededRandom } from '../../../shared/kernel/random';
import { refusal } from '../pipeline-world';
import type { Body, Host } from './simulated-broker';
import type { SimulatedUser } from './simulated-user';
import type { Trouble } from './trouble';
import type { VirtualTime } from '../../../rehearsal/world/virtual-time';

export type SimulatedHost = Host & { readonly pipeline: Services };

type Failing = {
  readonly share: number;
  /** Instead of the effect. */
  readonly before: () => Error;
  /** In spite of it. */
  readonly after: () => Error;
};

/** A host over the tables of `base`, with everything a process keeps to itself. */
export function makeSimulatedHost(world: {
  readonly base: Services;
  readonly user: SimulatedUser;
  readonly time: VirtualTime;
  readonly trouble: Trouble;
  readonly send: (body: Body, at?: number) => void;
  /** Of what the product itself leaves to chance. */
  readonly seed: number;
}): SimulatedHost {
  const { base, user, time, trouble, send } = world;
  const { faults } = trouble;
  const life: Host = { isAlive: true };
  const wait = async (ms: number) => {
    await time.sleep(ms);
    if (!life.isAlive) await new Promise(() => undefined);
  };
  /** A call that takes its time, and may fail with or without its effect. */
  const call = async <Result>(failing: Failing, effect: () => Result | Promise<Result>): Promise<Result> => {
    const pass = () => wait(trouble.between(0, trouble.strikes(0.05) ? 6_000 : 150));
    await pass();
    if (trouble.strikes(failing.share)) throw failing.before();
    const result = await effect();
    await pass();
    if (trouble.strikes(failing.share)) throw failing.after();
    return result;
  };
  const always = (share: number, error: () => Error): Failing => ({ share, before: error, after: error });
  const passing = () => refusal(trouble.chance(0.5) ? 'unavailable' : 'throttled', 503);
  const unanswered = () => refusal('ambiguous', 0);
  const reading = always(faults.reads, passing);
  const tableReading = always(
    faults.tables,
    () => new TransientError('store/unavailable', 'No answer from the tables'),
  );
  // The client tries again by itself, and then finds the row changed: by itself and no other process.
  const committing: Failing = { ...tableReading, after: () => new ConcurrencyError('the row') };
  const sending = always(
    faults.queues,
    () => new TransientError('queue/unavailable', 'No answer from the queue'),
  );
  const write = (effect: () => void) => {
    const before = trouble.chance(0.4) ? unanswered : passing;
    return call({ share: faults.writes, before, after: unanswered }, effect);
  };
  const clock = { now: () => time.now, sleep: wait };

  const directory: Directory = {
    ...base.directory,
    readUser: () => call(reading, () => user.read()),
    readGroups: () =>
      call(reading, () => {
        const found = user.read();
        return found && { direct: undefined, transitive: found.transitiveGroups };
      }),
    setUsageLocation: (_id, usageLocation) => write(() => user.locate(usageLocation)),
    assignLicense: async (_id, asked) => {
      const knownAt = user.knownWriteAt();
      await write(() => user.assign(asked, knownAt));
      return undefined;
    },
  };
  const pipeline: Services = {
    ...base,
    clock,
    directory,
    catalogue: makeCatalogueSource(directory, clock),
    drainGate: makeDrainGate(),
    waitingSkus: makeWaitingSkus(base.waiting, clock),
    learntConflicts: makeLearntConflictSource(base.learntConflictStore, clock),
    // A stream of its own: what the product draws must not change what befalls it.
    random: seededRandom(world.seed),
    users: {
      ...base.users,
      read: (id) => call(tableReading, () => base.users.read(id)),
      commit: (record, change) => call(committing, () => base.users.commit(record, change)),
    },
    queues: {
      ...base.queues,
      sendHints: (hints, { scheduledAt } = {}) =>
        call(sending, () => hints.forEach((hint) => send({ kind: 'hint', hint }, scheduledAt))),
      sendOperation: (queue, message) => call(sending, () => send({ kind: 'operation', message, queue })),
    },
    quota: {
      ...base.quota,
      acquire: () => wait(trouble.between(0, 1_000)),
      backOff: () => wait(500),
    },
    pauses: makePauseSource(base.control, clock),
    lastSuccess: makeLastSuccess(base.control, clock),
    bulkPacer: new BulkPacer(clock),
    locationLag: { refusedAt: -Infinity },
  };
  return Object.assign(life, { pipeline });
}
