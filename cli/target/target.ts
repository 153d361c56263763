import { createRequire } from 'node:module';
import type * as azureIdentity from '@azure/identity';
import type { TokenCredential } from '@azure/identity';
import { Option } from 'commander';
import type { Command } from 'commander';
import { toAppSettings } from '../../local/app-settings';
import { cloudFilePath, readCloudFile } from '../../local/cloud-file';
import type { LocalCloud } from '../../local/cloud-file';
import { projectRoot } from '../../local/project-root';
import { loadConfig, processEnvironment } from '../../shared/config/config';
import type { Config } from '../../shared/config/config';
import { systemClock } from '../../shared/kernel/clock';
import { UserError } from '../../shared/kernel/errors';
import { silentLogger } from '../../shared/kernel/logger';
import type { Services } from '../../shared/pipeline/services';
import type { QueueInspector } from '../../shared/queue/queue-inspector';
import type * as wiring from '../../shared/wiring';
import type * as wiringClients from '../../shared/wiring-clients';
import { EmbeddedCredential } from './embedded-credential';
import { factsFor } from '../visible-text';
import { timing } from '../../shared/kernel/timing';
import { makeTenantReads } from '../../shared/graph/tenant/tenant-reads';
import type { TenantReads } from '../../shared/graph/tenant/tenant-reads';
import { systemRandom } from '../../shared/kernel/random';
import type { TenantServices } from '../../shared/wiring-tenant';
import { addSignInOptions } from './tenant/tenant-options';
import type { SignInOptions, TenantIo } from './tenant/tenant-credential';
import { withTenant } from './tenant/with-tenant';
import type { Over } from './tenant/with-tenant';

/** What a command works on where the product runs. */
export type TargetName = 'local' | 'azure';
export type TargetOptions = SignInOptions & {
  /** `tenant`: Graph alone; only commands that look offer it. */
  readonly target?: TargetName | 'tenant';
  readonly cloudFile?: string;
  readonly json?: true;
};

/** What a command works on: the running embedded cloud, or the tenant that the operator is signed in to. */
export type Target = {
  readonly name: TargetName;
  readonly config: Config;
  readonly credential: TokenCredential;
  readonly pipeline: Services;
  /** The embedded cloud; undefined for Azure. */
  readonly cloud: LocalCloud | undefined;
  readonly inspector: () => QueueInspector;
};

/**
 * The clients of tables, queues and Graph are most of what a start loads: a command that asks the ops API needs none, and
 * one for the embedded cloud needs no sign-in to Azure.
 */
const load = createRequire(__filename);

/** --target, and for tests the file of another embedded cloud. */
export function addTargetOptions(command: Command): Command {
  return command
    .addOption(
      new Option('--target <tenant>', 'the running embedded cloud, or the deployed app').choices([
        'local',
        'azure',
      ]),
    )
    .addOption(cloudFileOption());
}

/** The same for a command that only looks: it takes a tenant without the app, too. */
export function addLookOptions(command: Command, what = 'what to look at'): Command {
  return addSignInOptions(
    command
      .addOption(
        new Option(
          '--target <tenant>',
          `${what}: the running embedded cloud, the deployed app, or a tenant through Graph alone`,
        ).choices(['local', 'azure', 'tenant']),
      )
      .addOption(cloudFileOption()),
  );
}

/** What a command that looks may use: of every target. */
export type LookTarget = {
  readonly pipeline: TenantServices;
  readonly reads: TenantReads;
};

/**
 * As withTarget, for a command that only looks: `--target tenant` reads Graph alone.
 * @param over with `--target tenant`: what stands between the command and Graph
 * @throws UserError as withTarget and withTenant
 */
export function withLookTarget<Result>(
  options: TargetOptions,
  io: TenantIo,
  work: (target: LookTarget) => Promise<Result>,
  over?: Over,
): Promise<Result> {
  if (options.target === 'tenant') return withTenant(options, io, work, over);
  return withTarget(options, ({ pipeline, config, credential }) =>
    work({
      pipeline,
      reads: makeTenantReads({
        credential,
        graphOrigin: config.graphOrigin,
        clock: systemClock,
        random: systemRandom,
        logger: silentLogger,
      }),
    }),
  );
}

/** For what works on the app. @throws UserError `cli/usage` */
export function refuseTenantAlone({ target, signIn, clientId }: TargetOptions): void {
  if (target === 'tenant') {
    throw new UserError('cli/usage', 'This takes the app: a tenant alone has no queues and no tables');
  }
  if (signIn === undefined && clientId === undefined) return;
  throw new UserError('cli/usage', '--sign-in and --client-id are for --target tenant');
}

/** For commands that only know the embedded cloud. */
export function cloudFileOption(): Option {
  return new Option('--cloud-file <file>', 'file of the running embedded cloud').hideHelp();
}

/**
 * Opens the target, does the work, and closes every connection whatever happens. Without `json` every text of the result
 * is one line that a terminal only shows.
 * @throws UserError `cli/no-cloud`, `config/invalid`
 */
export async function withTarget<Result>(
  options: TargetOptions,
  work: (target: Target) => Promise<Result>,
): Promise<Result> {
  const { name, cloud } = chooseTarget(options);
  if (cloud !== undefined) await expectRunning(cloud);
  const config = loadConfig(cloud === undefined ? processEnvironment() : toAppSettings(cloud, projectRoot()));
  const credential =
    cloud === undefined
      ? azureCredential(config.authority)
      : new EmbeddedCredential(cloud.graph, () => systemClock.now());
  const { buildServices } = load('../../shared/wiring') as typeof wiring;
  const { buildQueueInspector } = load('../../shared/wiring-clients') as typeof wiringClients;
  const pipeline = buildServices(config, silentLogger, {
    credential,
    outageBudgetMs: timing.commands.outage.ms,
    mayStorePolicy: false,
  });
  let inspector: QueueInspector | undefined;
  try {
    const facts = await work({
      name,
      config,
      credential,
      pipeline,
      cloud,
      inspector: () =>
        (inspector ??= buildQueueInspector(
          config,
          credential,
          silentLogger,
          cloud && `http://127.0.0.1:${String(cloud.serviceBus.managementPort)}`,
        )),
    });
    return factsFor(options, facts);
  } finally {
    await Promise.all([pipeline.close(), inspector?.close()]);
  }
}

/** Whom Azure's own tools find signed in; loaded when a command asks for them. */
export function azureCredential(authorityHost: string): TokenCredential {
  const { DefaultAzureCredential } = load('@azure/identity') as typeof azureIdentity;
  return new DefaultAzureCredential({ authorityHost });
}

/** The embedded cloud that runs here. @throws UserError `cli/no-cloud` */
export async function withLocalCloud<Result>(
  options: TargetOptions,
  work: (cloud: LocalCloud) => Promise<Result>,
): Promise<Result> {
  const cloud = readLocalCloud(options);
  await expectRunning(cloud);
  return work(cloud);
}

/** As withTarget, for what only an embedded cloud can do. @throws UserError `cli/no-cloud` */
export function withLocalTarget<Result>(
  options: TargetOptions,
  work: (target: Target & { readonly cloud: LocalCloud }) => Promise<Result>,
): Promise<Result> {
  const cloud = readLocalCloud(options);
  return withTarget({ ...options, target: 'local' }, (target) => work({ ...target, cloud }));
}

/** The file of the embedded cloud; whether it still runs is not asked. @throws UserError `cli/no-cloud` */
export function readLocalCloud({ cloudFile }: TargetOptions): LocalCloud {
  const cloud = readCloudFile(cloudFile ?? cloudFilePath(projectRoot()));
  if (cloud === undefined) throw noCloud();
  return cloud;
}

function chooseTarget(options: TargetOptions): { name: TargetName; cloud: LocalCloud | undefined } {
  refuseTenantAlone(options);
  if (options.target === 'azure') return { name: 'azure', cloud: undefined };
  return { name: 'local', cloud: readLocalCloud(options) };
}

function noCloud(): UserError {
  return new UserError('cli/no-cloud', 'No embedded cloud runs here', {
    hint: 'Run `npm start` in another terminal, or pass --target azure for the deployed app, or --target tenant to look at the tenant you are signed in to.',
  });
}

async function expectRunning(cloud: LocalCloud): Promise<void> {
  try {
    await fetch(`${cloud.graph.origin}/_local/state`, { signal: AbortSignal.timeout(5_000) });
  } catch (cause) {
    throw new UserError('cli/no-cloud', `The embedded cloud does not answer at ${cloud.graph.origin}`, {
      hint: 'It was not stopped properly. Run `npm start` again.',
      cause,
    });
  }
}
