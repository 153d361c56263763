import type { Clock } from '../../kernel/clock';
import { noLongerNeeded } from '../../kernel/clock';
import type { Logger } from '../../kernel/logger';
import { timing } from '../../kernel/timing';
import type { HandlingStore } from '../../store/ports/handling-store';
import { isDeadHere } from './instance';

/** Whether processes of the app have died, so that it is noted who is being handled. */
export interface CrashWatch {
  /** This process, as notes name it. */
  readonly instance: string;
  /** Asked before every message; the table is asked once a minute. */
  isCareful(): Promise<boolean>;
  /** Which of these processes are known to be dead; all others count as alive. */
  deadAmong(instances: readonly string[]): Promise<ReadonlySet<string>>;
  /** While this runs the process says every 20 s that it lives; one that has nothing to do says goodbye. */
  alive<Result>(work: () => Promise<Result>): Promise<Result>;
  /** One at a time among those of the same key in this process. */
  alone<Result>(key: string, work: () => Promise<Result>): Promise<Result>;
  /** The process ends on purpose: that is no death. First does what `beforeGoodbye` was given, then says no more. */
  goodbye(): Promise<void>;
  /** What to do when the process ends on purpose before this is called off by the function it gives. */
  beforeGoodbye(work: () => Promise<void>): () => void;
}

/** One death is an accident of the platform; from the second on it is noted who is being handled. */
const deathsUntilCareful = 2;

/**
 * Watches for processes that died: they said that they lived, said no goodbye, and are gone. Starts say nothing, since
 * scaling out looks the same.
 */
export function makeCrashWatch(tools: {
  readonly store: Pick<HandlingStore, 'instances' | 'beat' | 'forgetInstance'>;
  readonly clock: Clock;
  readonly logger: Logger;
  /** See thisInstance. */
  readonly instance: string;
  readonly isRunning?: (pid: number) => boolean;
}): CrashWatch {
  const { store, clock, logger, instance, isRunning } = tools;
  let look: { readonly at: number; readonly careful: Promise<boolean> } | undefined;
  let beatAt = -Infinity;
  let running = 0;
  let pulse: Promise<void> | undefined;
  const ending = new AbortController();
  const lastWork = new Set<() => Promise<void>>();
  const queues = new Map<string, Promise<unknown>>();

  const beat = async (): Promise<void> => {
    if (ending.signal.aborted || clock.now() - beatAt < timing.crashes.heartbeat.ms) return;
    beatAt = clock.now();
    await store.beat({ instance, at: beatAt });
  };
  const isDead = (row: { instance: string; at: number }): boolean =>
    isDeadHere(row.instance, instance, isRunning) ?? clock.now() - row.at > timing.crashes.dead.ms;

  const countDeaths = async (): Promise<boolean> => {
    await beat();
    let deaths = 0;
    for (const row of await store.instances()) {
      if (row.instance === instance || !isDead(row)) continue;
      if (clock.now() - row.at < timing.crashes.window.ms) deaths++;
      else await store.forgetInstance(row.instance);
    }
    if (deaths < deathsUntilCareful) return false;
    logger.warn(
      'Processes of the app have died; noting which users are handled, to find the one that ends them',
      {
        deaths,
      },
    );
    return true;
  };

  /** A process that has nothing to do may be frozen or taken away without a word: it must not look like a death. */
  const keepBeating = async (): Promise<void> => {
    const { signal } = ending;
    while (!signal.aborted) {
      try {
        if (running === 0) await store.forgetInstance(instance).finally(() => (beatAt = -Infinity));
        // A message may have come meanwhile.
        if (running === 0) return;
        await beat();
      } catch (error) {
        logger.warn('The process could not say that it lives', { error });
      }
      await clock.sleep(timing.crashes.heartbeat.ms, signal).catch(() => undefined);
    }
  };

  return {
    instance,
    isCareful: async () => {
      const now = clock.now();
      if (look === undefined || now - look.at >= timing.crashes.look.ms) {
        const mine = { at: now, careful: countDeaths() };
        look = mine;
        mine.careful.catch(() => {
          if (look === mine) look = undefined;
        });
      }
      return look.careful;
    },
    deadAmong: async (instances) => {
      const others = [...new Set(instances)].filter((one) => one !== instance);
      if (others.length === 0) return new Set();
      const rows = new Map((await store.instances()).map((row) => [row.instance, row]));
      // One that has said goodbye, or whose row is forgotten, runs no more.
      return new Set(
        others.filter((one) => {
          const row = rows.get(one);
          return row === undefined || isDead(row);
        }),
      );
    },
    alive: async (work) => {
      running++;
      try {
        // Its notes must not be seen before it is known to live.
        if (beatAt === -Infinity) await beat();
        pulse ??= keepBeating().finally(() => {
          pulse = undefined;
        });
        return await work();
      } finally {
        running--;
      }
    },
    alone: (key, work) => {
      const before = queues.get(key) ?? Promise.resolve();
      const mine = before.then(work, work);
      const settled = mine
        .catch(() => undefined)
        .then(() => {
          if (queues.get(key) === settled) queues.delete(key);
        });
      queues.set(key, settled);
      return mine;
    },
    goodbye: async () => {
      ending.abort(noLongerNeeded);
      await Promise.allSettled([...lastWork].map((work) => work()));
      await store.forgetInstance(instance);
    },
    beforeGoodbye: (work) => {
      lastWork.add(work);
      return () => void lastWork.delete(work);
    },
  };
}
