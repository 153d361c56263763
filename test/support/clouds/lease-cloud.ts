import { mkdirSync, renameSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { Readable } from 'node:stream';
import type { CloudProcess, ProcessName, RunningCloud } from '../../../local/cloud';
import { readCloudFile } from '../../../local/cloud-file';
import type { LocalCloud } from '../../../local/cloud-file';
import { sampleSettings } from '../../../demo/sample-settings';
import { connectTestCloud, follow, never, ownSchedules, projectRoot } from '../local-cloud';
import type { TestCloud } from '../local-cloud';
import { writeScaledQueues } from '../scaled-queues';
import { waitUntil } from '../wait-until';
import { controlHeaders } from '@auto-licenser/graph-emulator/client';
import { callPool } from './call-pool';

/** Locks a twelfth as long as in Azure: what a killed host held comes free within 5 s. */
const lockDivisor = 12;
const quotaFactor = 10;

/**
 * What the clouds that test files share do by themselves. All have the sample tenant and the sample policy.
 * - `delta`: follow changes once a second. Its tests kill no process, so LICENSER_TEST_CLOUD may name a running cloud
 *   instead (`.licenser/local.json` of `npm run dev`).
 * - `hints`: nothing; the test sends hints, runs functions and may kill and restart processes. Takes CloudEvents by HTTP.
 */
export type CloudKind = 'delta' | 'hints';

const deltaSchedules: Readonly<Record<CloudKind, string>> = { delta: '*/1 * * * * *', hints: never };

function optionsOf(kind: CloudKind) {
  return {
    quotaFactor,
    ...(kind === 'hints' && { serviceBusConfig: scaledQueues() }),
    settings: {
      ...sampleSettings(join(projectRoot, 'policy', 'sample-tenant.yaml'), quotaFactor),
      LICENSER_SUBSCRIPTION_SCHEDULE: never,
      LICENSER_DEAD_LETTER_SCHEDULE: never,
      LICENSER_CENSUS_SCHEDULE: never,
      LICENSER_DELTA_SCHEDULE: deltaSchedules[kind],
      ...ownSchedules(deltaSchedules[kind]),
      ...(kind === 'hints' && { LICENSER_GRAPH_EVENTS: 'webhook' }),
    },
  };
}

/** The same path for every worker; written whole, since a broker may be reading it. */
function scaledQueues(): string {
  const folder = join(projectRoot, '.build', 'test-queues');
  const own = join(folder, String(process.pid));
  mkdirSync(own, { recursive: true });
  const path = join(folder, `divided-by-${lockDivisor}.json`);
  renameSync(writeScaledQueues(own, lockDivisor), path);
  return path;
}

type Lent = { readonly id: string; readonly file: LocalCloud };

/**
 * A running cloud for this file alone, until `stop` gives it back: a test finds users, rows and writes of earlier
 * files in it, so it brings users of its own and judges only them. A test that leaves something behind which `stop`
 * does not undo (policies, roles, seats, subscriptions, pauses) must undo it itself or start a cloud of its own.
 */
export async function leaseTestCloud(kind: CloudKind): Promise<TestCloud> {
  const given = process.env['LICENSER_TEST_CLOUD'];
  if (given !== undefined && kind === 'delta') return connectGiven(given);
  const lent = await callPool<Lent>('/lend', optionsOf(kind));
  const lines: string[] = [];
  const exits: string[] = [];
  const listening = new AbortController();
  await readEvents(lent.id, listening.signal, lines, exits);
  const remote = new RemoteCloud(lent);
  const test = connectTestCloud(remote, lines, exits);
  await follow(test);
  return {
    ...test,
    stop: async () => {
      remote.isFit = exits.length === 0 && (await isTidy(test));
      listening.abort();
      await test.stop();
    },
  };
}

/** Nothing a file left behind may reach the next one: faults and holds end here, work in the queues is waited for. */
async function isTidy(test: TestCloud): Promise<boolean> {
  try {
    const { graph } = test.cloud.file;
    await fetch(`${graph.origin}/_local/faults`, { method: 'DELETE', headers: controlHeaders(graph) });
    await waitUntil(
      'the queues are idle',
      async () => {
        const queues = Object.values(await test.control.queueCounters());
        return queues.every(({ active, locked, deadLettered }) => active + locked + deadLettered === 0);
      },
      10_000,
    );
    const { body } = await test.graph('GET', '/subscriptions');
    const subscriptions = body['value'] as readonly unknown[];
    return (await test.stores.control.pauses()).length + subscriptions.length === 0;
  } catch {
    return false;
  }
}

async function readEvents(id: string, signal: AbortSignal, lines: string[], exits: string[]): Promise<void> {
  const answer = await fetch(`${process.env['LICENSER_CLOUD_POOL'] ?? ''}/events/${id}`, { signal });
  if (answer.body === null) throw new Error('The pool sends no events');
  const reader = createInterface({ input: Readable.fromWeb(answer.body as never) });
  const read = async () => {
    for await (const text of reader) {
      const event = JSON.parse(text) as { line?: string; exit?: string };
      if (event.line !== undefined) lines.push(event.line);
      if (event.exit !== undefined) exits.push(event.exit);
    }
  };
  // Ends with the lease, by an abort.
  read().catch(() => undefined);
}

/** A cloud whose processes belong to the pool. */
class RemoteCloud implements RunningCloud {
  readonly processes: RunningCloud['processes'];
  /** Whether the next file may have it. */
  isFit = false;
  #file: LocalCloud;

  constructor(private readonly lent: Lent) {
    this.#file = lent.file;
    const process = (name: ProcessName) => this.#process(name, () => pidOf(this.#file, name));
    this.processes = {
      serviceBus: process('serviceBus'),
      graph: process('graph'),
      tables: process('tables'),
      functions: process('functions'),
    };
  }

  get file(): LocalCloud {
    return this.#file;
  }

  /** Only `npm start` tells it. */
  markReady(): void {
    throw new Error('A leased cloud was ready before it was lent');
  }

  async addFunctionsHost() {
    const host = await callPool<{ name: string; origin: string; file: LocalCloud }>('/add-host', {
      id: this.lent.id,
    });
    this.#file = host.file;
    return { ...this.#process(host.name, () => 0), origin: host.origin };
  }

  async stop(): Promise<void> {
    await callPool('/take-back', { id: this.lent.id, isFit: this.isFit });
  }

  #process(name: string, pid: () => number): CloudProcess {
    const ask = async (path: string, signal?: NodeJS.Signals) => {
      this.#file = (
        await callPool<{ file: LocalCloud }>(path, {
          id: this.lent.id,
          name,
          ...(signal !== undefined && { signal }),
        })
      ).file;
    };
    return {
      get pid() {
        return pid();
      },
      kill: (signal = 'SIGKILL') => ask('/kill', signal),
      restart: () => ask('/restart'),
    };
  }
}

function pidOf(file: LocalCloud, name: ProcessName): number {
  return name === 'functions' ? (file.functions.pids[0] ?? 0) : file[name].pid;
}

/** A cloud that runs already and goes on running. */
async function connectGiven(path: string): Promise<TestCloud> {
  const file = readCloudFile(path);
  if (file === undefined) throw new Error(`LICENSER_TEST_CLOUD: ${path} is not the file of a running cloud`);
  const refuse = async () => {
    throw new Error('The cloud of LICENSER_TEST_CLOUD is not this test’s to kill or extend');
  };
  const process = (name: ProcessName) => ({ pid: pidOf(file, name), kill: refuse, restart: refuse });
  const test = connectTestCloud(
    {
      file,
      processes: {
        serviceBus: process('serviceBus'),
        graph: process('graph'),
        tables: process('tables'),
        functions: process('functions'),
      },
      addFunctionsHost: refuse,
      markReady: () => undefined,
      stop: async () => undefined,
    },
    [],
    [],
  );
  await follow(test);
  return test;
}
