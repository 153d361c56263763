import { join } from 'node:path';
import { startCloud } from '../local/cloud';
import { freePorts } from '../local/cloud-ports';
import { projectRoot } from '../local/project-root';
import { makeControlApi } from '@auto-licenser/graph-emulator/client';
import { followSync } from '../cli/local-cloud/follow-sync';
import { makeOutcomeReader } from '../cli/local-cloud/outcomes';
import { makeProgressLine } from './progress-line';
import { quotaDeadlineMs } from '../cli/local-cloud/quota-deadline';
import { makeReport } from './report';
import type { DemoReport } from './report';
import { describeReport } from './describe-report';
import { collectWhys } from '../cli/local-cloud/describe-why';
import type { Why } from '../cli/local-cloud/describe-why';
import { makeStderrLogger } from './stderr-logger';
import { sampleSettings } from './sample-settings';
import { misbehaviorInWords, prepareCloud } from './prepare-cloud';

export type DemoOptions = {
  readonly users: number;
  readonly seed: number;
  readonly quotaFactor: number;
  readonly calm: boolean;
  readonly json: boolean;
  /** Functions in processes of their own, so many of each; undefined: all in one process. */
  readonly instances: string | undefined;
  /** Also those that `instances` does not name. */
  readonly likeFlex: boolean;
  /** Folder of an unpacked package; undefined: the build of this project. */
  readonly appRoot: string | undefined;
};

/** One bounded run on free ports. Answers the exit code: 0 when every user has an outcome. */
export async function runDemo(options: DemoOptions): Promise<number> {
  const startedAt = performance.now();
  const root = projectRoot();
  const stopped = new AbortController();
  const onSignal = () => stopped.abort();
  process.once('SIGINT', onSignal);
  process.once('SIGTERM', onSignal);
  const exits: string[] = [];
  const lastLines: string[] = [];
  const say = (text: string) => process.stderr.write(`${text}\n`);

  say('Starting Service Bus, Graph, tables and functions on free ports …');
  const cloud = await startCloud({
    root,
    ...(options.appRoot === undefined ? {} : { appRoot: options.appRoot }),
    log: makeStderrLogger(),
    ports: freePorts,
    quotaFactor: options.quotaFactor,
    instances: options.instances,
    likeFlex: options.likeFlex,
    settings: sampleSettings(join(root, 'policy', 'sample-tenant.yaml'), options.quotaFactor),
    onLine: (name, line) => {
      lastLines.push(`${name}: ${line}`);
      if (lastLines.length > 40) lastLines.shift();
    },
    onProcessExit: (exit) => {
      exits.push(exit.name);
      stopped.abort();
    },
  });
  let report: DemoReport;
  let isSettled: boolean;
  let whys: readonly Why[] = [];
  try {
    const { file } = cloud;
    const control = makeControlApi(file.graph, `http://127.0.0.1:${file.serviceBus.managementPort}`);
    const outcomes = makeOutcomeReader(file.tables);
    await prepareCloud(cloud, options);
    if (!options.calm) say(misbehaviorInWords);
    say(`A directory sync brings ${options.users} users.`);
    const progress = makeProgressLine(process.stderr);
    const followed = await followSync(control, outcomes, {
      users: options.users,
      seed: options.seed,
      deadlineMs: quotaDeadlineMs(options.users, options.quotaFactor),
      signal: stopped.signal,
      onProgress: ({ settled, users, writes }) =>
        progress.show(`${settled} of ${users} users have an outcome, ${writes} writes`),
    });
    progress.end();
    isSettled = followed.isSettled;
    if (!options.json) whys = collectWhys(followed.users, await outcomes.readRows());
    report = makeReport({
      ...followed,
      graph: (await control.graphState()).counters,
      queues: await control.queueCounters(),
      wallMs: Math.round(performance.now() - startedAt),
    });
  } finally {
    await cloud.stop();
    process.off('SIGINT', onSignal);
    process.off('SIGTERM', onSignal);
  }
  const isGood = isSettled && report.lost === 0 && exits.length === 0;
  if (exits.length > 0) say(`These processes ended by themselves: ${exits.join(', ')}`);
  else if (!isSettled) say('The run was stopped before every user had an outcome.');
  if (!isGood) say(lastLines.join('\n'));
  process.stdout.write(options.json ? `${JSON.stringify(report)}\n` : describeReport(report, whys));
  return isGood ? 0 : 1;
}
