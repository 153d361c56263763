import { join } from 'node:path';
import { startCloud } from '../cloud';
import type { RunningCloud } from '../cloud';
import { projectRoot } from '../project-root';
import { makeControlApi } from './control-api';
import { describeReport } from './describe-report';
import { describeWrite } from './describe-write';
import { followSync } from './follow-sync';
import { makeOutcomeReader } from './outcomes';
import { quotaDeadlineMs } from './quota-deadline';
import { makeReport } from './report';
import { sampleSettings } from './sample-settings';
import { readSkuNames } from './sku-names';
import { makeStderrLogger } from './stderr-logger';
import { misbehaviorInWords, prepareCloud } from './prepare-cloud';

const say = (text: string) => process.stdout.write(`${text}\n`);

export type StartOptions = {
  readonly users: number;
  readonly quotaFactor: number;
  readonly calm: boolean;
};

/** Starts everything, shows the first sync, and stays up until Ctrl-C or until one of the processes ends. */
export async function runStart(options: StartOptions): Promise<number> {
  const startedAt = performance.now();
  const root = projectRoot();
  const stopped = new AbortController();
  const untilStopped = new Promise<void>((resolve) => {
    stopped.signal.addEventListener('abort', () => resolve(), { once: true });
  });
  const onSignal = () => stopped.abort();
  process.on('SIGINT', onSignal);
  process.on('SIGTERM', onSignal);
  let exitCode = 0;

  say('Starting Service Bus, Microsoft Graph, tables and the functions on this machine …');
  const cloud = await startCloud({
    root,
    log: makeStderrLogger(),
    quotaFactor: options.quotaFactor,
    writeFile: true,
    settings: sampleSettings(join(root, 'policy', 'sample-tenant.yaml'), options.quotaFactor),
    onProcessExit: (exit) => {
      process.stderr.write(`${exit.name} ended by itself; stopping the rest.\n`);
      exitCode = 1;
      stopped.abort();
    },
  });
  try {
    await prepareCloud(cloud, options);
    if (!options.calm) say(misbehaviorInWords);
    if (options.users > 0 && !stopped.signal.aborted) {
      await showFirstSync(cloud, options, stopped.signal, startedAt);
    }
    if (!stopped.signal.aborted) {
      describeAddresses(cloud);
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

async function showFirstSync(
  cloud: RunningCloud,
  options: StartOptions,
  signal: AbortSignal,
  startedAt: number,
): Promise<void> {
  const { graph, serviceBus, tables } = cloud.file;
  const control = makeControlApi(graph.origin, `http://127.0.0.1:${serviceBus.managementPort}`);
  const names = await readSkuNames(graph);
  say(`A directory sync brings ${options.users} users. Time counts from their appearing in the tenant.\n`);
  const followed = await followSync(control, makeOutcomeReader(tables), {
    users: options.users,
    seed: 1,
    deadlineMs: quotaDeadlineMs(options.users, options.quotaFactor),
    signal,
    onWrite: (entry, user) => say(describeWrite(entry, user, names)),
  });
  const report = makeReport({
    ...followed,
    graph: (await control.graphState()).counters,
    queues: await control.queueCounters(),
    wallMs: Math.round(performance.now() - startedAt),
  });
  say(describeReport(report));
}

function describeAddresses(cloud: RunningCloud): void {
  const { functions, graph, serviceBus, tables } = cloud.file;
  say(
    [
      `Functions    ${functions.origin}   health: ${functions.origin}/api/health`,
      `Graph        ${graph.origin}   what was written: ${graph.origin}/_local/write-log`,
      `Service Bus  127.0.0.1:${serviceBus.port} (AMQP), http://127.0.0.1:${serviceBus.managementPort} (management)`,
      `Tables       ${tables.endpoint}`,
      '',
      'Bring ten more users from another terminal:',
      `  curl -s -X POST ${graph.origin}/_local/sync -H 'content-type: application/json' \\`,
      `    -d '{ "users": 10, "seed": 2 }'`,
      'Add a second functions host to this cloud:  npm run local:functions',
      'Stop everything with Ctrl-C.',
    ].join('\n'),
  );
}
