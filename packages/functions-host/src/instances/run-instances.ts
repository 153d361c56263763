import { join } from 'node:path';
import { z } from 'zod';
import type { Clock } from '../../../emulator-kit/src/clock';
import { ensureError } from '../../../emulator-kit/src/errors';
import type { Logger } from '../../../emulator-kit/src/logger';
import { ManagedProcess } from '../../../emulator-kit/src/managed-process';
import { frontArguments, planInstances } from './plan-instances';
import type { Instance } from './plan-instances';
import { httpGroup } from './scale-groups';

export type InstancesOptions = {
  readonly appRoot: string;
  /** Where the HTTP functions listen; 0: any free port. */
  readonly port: number;
  /** How many instances a group has, by its short name. */
  readonly counts: ReadonlyMap<string, number>;
  /** Whether the other groups have one instance each, or share the one that serves HTTP. */
  readonly isEachAlone: boolean;
  /** The environment of every instance, with the host's own keys. */
  readonly env: Readonly<Record<string, string>>;
  readonly clock: Clock;
  readonly log: Logger;
  /** One line that an instance wrote. */
  readonly onLine: (instance: string, line: string) => void;
};

export type RunningInstances = {
  readonly port: number;
  /** http://127.0.0.1:PORT of the HTTP functions. */
  readonly origin: string;
  readonly functions: readonly string[];
  stop(graceMs: number): Promise<void>;
};

const Facts = z.object({
  port: z.number(),
  origin: z.string(),
  functions: z.array(z.string()),
  groups: z.array(z.string()),
});

/** So many start side by side: each loads the whole app. */
const startingAtOnce = 3;
const startLimitMs = 120_000;
const reviveAfterMs = 1_000;

/**
 * Runs an app as Flex Consumption does: every scale group in processes of its own, as many as `counts` says. One that
 * ends by itself is started again; one that was told to stop (SIGTERM) is not: it was scaled in.
 * @throws UserError for counts that name no group; AppError when an instance does not start
 */
export async function runInstances(options: InstancesOptions): Promise<RunningInstances> {
  const fleet = new Fleet(options);
  try {
    const { groups, ...front } = await fleet.start({ name: `${httpGroup}-1`, group: httpGroup });
    const waiting = planInstances(groups, options.counts, options.isEachAlone);
    const startNext = async (): Promise<void> => {
      for (let next = waiting.shift(); next !== undefined; next = waiting.shift()) await fleet.start(next);
    };
    await Promise.all(Array.from({ length: startingAtOnce }, startNext));
    return { ...front, stop: (graceMs) => fleet.stop(graceMs) };
  } catch (thrown) {
    await fleet.stop(0);
    throw thrown;
  }
}

class Fleet {
  readonly #options: InstancesOptions;
  readonly #processes: ManagedProcess[] = [];
  readonly #stopping = new AbortController();
  /** The port of the HTTP functions, once it is known: a new process keeps it. */
  #port: number;

  constructor(options: InstancesOptions) {
    this.#options = options;
    this.#port = options.port;
  }

  async start(instance: Instance): Promise<z.infer<typeof Facts>> {
    const { appRoot, env, onLine, log, counts, isEachAlone } = this.#options;
    const isFront = instance.group === httpGroup;
    const process = new ManagedProcess({
      name: instance.name,
      entry: join(__dirname, '..', 'main.js'),
      args: () => [
        ...['--port', `${isFront ? this.#port : 0}`],
        ...['--app-root', appRoot],
        ...(isFront ? frontArguments(counts, isEachAlone) : ['--group', instance.group]),
      ],
      env: () => env,
      cwd: appRoot,
      startLimitMs,
      onLine: (line) => onLine(instance.name, line),
      onUnexpectedExit: ({ code, signal, pid }) => {
        if (code === 0) log.info('Instance ended', { instance: instance.name, pid });
        else void this.#revive(instance, process, { pid, code, signal });
      },
    });
    this.#processes.push(process);
    const facts = await this.#begin(instance, process);
    if (isFront) this.#port = facts.port;
    return facts;
  }

  async stop(graceMs: number): Promise<void> {
    this.#stopping.abort();
    await Promise.all(this.#processes.map((process) => process.stop(graceMs)));
  }

  async #begin({ name }: Instance, process: ManagedProcess): Promise<z.infer<typeof Facts>> {
    const facts = Facts.parse(await process.start());
    this.#options.log.info('Instance runs', { instance: name, pid: process.pid, origin: facts.origin });
    return facts;
  }

  /** As long as it does not come up: without its instance a group does nothing. */
  async #revive(instance: Instance, process: ManagedProcess, exit: object): Promise<void> {
    const { clock, log } = this.#options;
    const { signal } = this.#stopping;
    log.warn('Instance ended by itself; starting it again', { instance: instance.name, ...exit });
    while (!signal.aborted) {
      await clock.sleep(reviveAfterMs, signal).catch(() => undefined);
      if (signal.aborted) return;
      try {
        await this.#begin(instance, process);
        return;
      } catch (thrown) {
        log.warn('Instance does not start', { instance: instance.name, error: ensureError(thrown).message });
      }
    }
  }
}
