import { startCloud } from '../local/cloud';
import type { RunningCloud } from '../local/cloud';
import { projectRoot } from '../local/project-root';
import { makeControlApi } from '@auto-licenser/graph-emulator/client';
import { describeReport } from './describe-report';
import { collectWhys } from '../cli/local-cloud/describe-why';
import { makeWriteLines, wantsColor } from '../cli/local-cloud/write-lines';
import { describeNext } from './describe-next';
import { followSync } from '../cli/local-cloud/follow-sync';
import { makeOutcomeReader } from '../cli/local-cloud/outcomes';
import { quotaDeadlineMs } from '../cli/local-cloud/quota-deadline';
import { makeReport } from './report';
import { openStart } from './open-start';
import type { OpenedStart, StartFiles } from './open-start';
import { ownTenantSettings, sampleSettings } from './sample-settings';
import { makeReviver } from './revive-functions';
import { readSkuNames } from '../cli/local-cloud/sku-names';
import { makeStderrLogger } from './stderr-logger';
import { misbehaviorInWords, prepareCloud, runFunction } from './prepare-cloud';

const say = (text: string) => process.stdout.write(`${text}\n`);

export type StartOptions = StartFiles & {
  readonly quotaFactor: number;
  readonly calm: boolean;
  /** Also serve blobs, for Microsoft's functions host. */
  readonly blobs: boolean;
};

/**
 * Starts everything, shows the first sync, and stays up until Ctrl-C or until one of the services ends.
 * @throws UserError for files that cannot be used
 */
export async function runStart(options: StartOptions): Promise<number> {
  const startedAt = performance.now();
  const root = projectRoot();
  const opened = await openStart(root, options, say);
  try {
    return await runOpened(root, options, opened, startedAt);
  } finally {
    opened.release();
  }
}

async function runOpened(
  root: string,
  options: StartOptions,
  opened: OpenedStart,
  startedAt: number,
): Promise<number> {
  const stopped = new AbortController();
  const untilStopped = new Promise<void>((resolve) => {
    stopped.signal.addEventListener('abort', () => resolve(), { once: true });
  });
  const onSignal = () => stopped.abort();
  process.on('SIGINT', onSignal);
  process.on('SIGTERM', onSignal);
  let exitCode = 0;
  const revive = makeReviver({
    restart: () => cloud.processes.functions.restart(),
    now: () => performance.now(),
    say: (text) => void process.stderr.write(`${text}\n`),
    giveUp: () => {
      exitCode = 1;
      stopped.abort();
    },
  });

  for (const line of opened.said) say(line);
  say('Starting Service Bus, Graph, tables and the functions on this machine …');
  const settings = opened.isOwnTenant ? ownTenantSettings : sampleSettings;
  const cloud = await startCloud({
    root,
    log: makeStderrLogger(),
    quotaFactor: options.quotaFactor,
    writeFile: true,
    blobs: options.blobs,
    settings: settings(opened.policy, options.quotaFactor),
    ...opened.cloud,
    onProcessSpawn: makeProcessNotes(opened.noteProcesses),
    onProcessExit: (exit) => void revive(exit),
  });
  try {
    await prepareCloud(cloud, { calm: options.calm, isResumed: opened.isResumed });
    if (!options.calm) say(misbehaviorInWords);
    let licensed: string | undefined;
    const { users } = opened;
    if (users > 0 && !stopped.signal.aborted) {
      licensed = await showFirstSync(cloud, { ...options, users }, stopped.signal, startedAt);
    }
    cloud.markReady();
    if (!stopped.signal.aborted) {
      // Counted by the timer once a minute: so who opens the page at once finds it told already.
      await runFunction(cloud.file.functions, 'observe');
      say(describeNext(cloud.file, licensed, opened.isOwnTenant));
      await untilStopped;
    }
    say('\nStopping …');
  } finally {
    await cloud.stop();
    process.off('SIGINT', onSignal);
    process.off('SIGTERM', onSignal);
  }
  return exitCode;
}

/** Services that write what is kept: noted at once, since a start may be killed while they still read it. */
const keepers: readonly string[] = ['serviceBus', 'graph', 'tables'];

function makeProcessNotes(note: (pids: readonly number[]) => void): (process: string, pid: number) => void {
  const pids = new Map<string, number>();
  return (process, pid) => {
    if (!keepers.includes(process)) return;
    pids.set(process, pid);
    note([...pids.values()]);
  };
}

/** Answers the name of a user who was licensed before everybody's eyes. */
async function showFirstSync(
  cloud: RunningCloud,
  options: { readonly users: number; readonly quotaFactor: number },
  signal: AbortSignal,
  startedAt: number,
): Promise<string | undefined> {
  const { graph, serviceBus, tables } = cloud.file;
  const control = makeControlApi(graph, `http://127.0.0.1:${serviceBus.managementPort}`);
  const outcomes = makeOutcomeReader(tables);
  const names = await readSkuNames(graph);
  const lineOf = makeWriteLines(outcomes, names, { color: wantsColor(process.stdout, process.env) });
  say(`A directory sync brings ${options.users} users. Times count from their appearing in it.\n`);
  const followed = await followSync(control, outcomes, {
    users: options.users,
    seed: 1,
    deadlineMs: quotaDeadlineMs(options.users, options.quotaFactor),
    signal,
    onWrite: async (entry, user) => void say(await lineOf(entry, user)),
  });
  const report = makeReport({
    ...followed,
    graph: (await control.graphState()).counters,
    queues: await control.queueCounters(),
    wallMs: Math.round(performance.now() - startedAt),
  });
  const rows = await outcomes.readRows();
  say(describeReport(report, collectWhys(followed.users, rows)));
  const licensed = followed.users.find(({ id }) => rows.get(id.toLowerCase())?.outcome === 'licensed');
  return licensed?.userPrincipalName;
}
