import { makeControlApi } from '@auto-licenser/graph-emulator/client';
import type { LocalCloud } from '../../../local/cloud-file';
import { addExample } from '../../options/add-example';
import { printJson } from '../../io';
import type { DefineCommand } from '../../program';
import { paintWord } from '../../render/paint';
import { renderTable } from '../../render/render-table';
import { jsonOption } from '../../options/rule-options';
import { cloudFileOption, readLocalCloud } from '../../target/target';
import type { TargetOptions } from '../../target/target';

type Options = TargetOptions & { readonly json?: true };

type ProcessStatus = {
  readonly name: string;
  readonly pid: number;
  readonly address: string;
  readonly running: boolean;
  readonly facts: string;
};
export type LocalStatus = {
  readonly startedAt: string;
  readonly processes: readonly ProcessStatus[];
  readonly settings: Readonly<Record<string, string>>;
};

/** licenser local status */
export const define: DefineCommand = (command, { io, exit }) => {
  addExample(command.addOption(cloudFileOption()).addOption(jsonOption()), 'local status');
  command.action(async (options: Options) => {
    const status = await readStatus(readLocalCloud(options));
    if (options.json) printJson(io, status);
    else io.print(renderStatus(status));
    if (status.processes.some(({ running }) => !running)) exit(1);
  });
};

async function readStatus(cloud: LocalCloud): Promise<LocalStatus> {
  const { graph, serviceBus, tables, blobs, functions, startedAt, settings } = cloud;
  const management = `http://127.0.0.1:${String(serviceBus.managementPort)}`;
  const control = makeControlApi(graph, management);
  const processes = await Promise.all([
    ask('functions', functions.pids[0] ?? 0, functions.origin, async () => {
      const health = (await (await fetch(`${functions.origin}/api/health`)).json()) as { ok: boolean };
      return health.ok ? 'healthy' : 'not healthy: licenser doctor';
    }),
    ask('graph', graph.pid, graph.origin, async () => {
      const { counters } = await control.graphState();
      return `${String(counters.requests)} requests, ${String(counters.writes)} writes, ${String(counters.throttled)} throttled`;
    }),
    ask('service bus', serviceBus.pid, `127.0.0.1:${String(serviceBus.port)}`, async () => {
      const queues = Object.values(await control.queueCounters());
      const sum = (pick: (queue: (typeof queues)[number]) => number) =>
        String(queues.reduce((total, queue) => total + pick(queue), 0));
      return `${sum(({ active }) => active)} waiting, ${sum(({ locked }) => locked)} in work, ${sum(({ completed }) => completed)} done`;
    }),
    ask('tables', tables.pid, tables.endpoint, () => askStorage(tables.endpoint)),
    ...(blobs === undefined
      ? []
      : [ask('blobs', blobs.pid, blobs.endpoint, () => askStorage(blobs.endpoint))]),
  ]);
  return { startedAt, processes, settings };
}

/** Any answer will do: without a key it is a refusal. */
async function askStorage(endpoint: string): Promise<string> {
  await fetch(endpoint, { signal: AbortSignal.timeout(2_000) });
  return '';
}

async function ask(
  name: string,
  pid: number,
  address: string,
  work: () => Promise<string>,
): Promise<ProcessStatus> {
  try {
    return { name, pid, address, running: true, facts: await work() };
  } catch {
    return { name, pid, address, running: false, facts: 'does not answer: stop and start again' };
  }
}

/** The processes of the embedded cloud as a table. */
export function renderStatus({ startedAt, processes }: LocalStatus): string {
  const table = renderTable(
    [
      { title: 'process' },
      { title: 'state' },
      { title: 'pid', align: 'right' },
      { title: 'address' },
      { title: 'facts', flexible: true },
    ],
    processes.map(({ name, running, pid, address, facts }) => [
      name,
      running ? paintWord('ok') : paintWord('fail'),
      String(pid),
      address.replace(/^http:\/\//, ''),
      facts,
    ]),
  );
  return `The embedded cloud, started ${startedAt}\n\n${table}`;
}
