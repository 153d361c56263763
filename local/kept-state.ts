import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { UserError } from '../shared/kernel/errors';
import { makeSecrets } from './cloud-commands';
import type { CloudSecrets } from './cloud-commands';
import { writePrivateJson } from './cloud-file';
import { noteInLock, releaseLock, takeLock } from './kept-lock';

const version = 2;
const text = z.string().min(1);
const Kept = z.object({
  version: z.literal(version),
  /** Of the tenant file; null: the sample tenant. */
  tenant: z.object({ path: text, sha256: text }).nullable(),
  policy: text,
  secrets: z.object({
    tables: z.object({ accountName: text, accountKey: text }),
    graph: z.object({ clientId: text, clientSecret: text, controlKey: text }),
    managedIdentity: z.object({ header: text }),
    functions: z.object({ masterKey: text, functionKey: text, clientState: text }),
  }),
});
type Kept = z.infer<typeof Kept>;

/** What a start asks of the kept state. `policy`: absolute path; undefined: the one that was used before. */
export type KeptStart = {
  readonly tenantFile: string | undefined;
  readonly policy: string | undefined;
  /** The policy of a state that begins now, where none was named. */
  readonly usualPolicy: string;
};

/** The state of an embedded cloud in a folder, taken by this process. */
export type KeptState = {
  /** An earlier run has left it. */
  readonly isResumed: boolean;
  /** Of another tenant than the sample. */
  readonly isOwnTenant: boolean;
  /** To begin with; undefined: the sample, or the state has it. */
  readonly tenantFile: string | undefined;
  readonly policy: string;
  readonly secrets: CloudSecrets;
  /** Options of the cloud: where its services keep their data. */
  readonly data: {
    readonly graphData: string;
    readonly serviceBusData: string;
    readonly tablesLocation: string;
  };
  /** Notes the processes that write into the folder, so that a later start can wait for their end. */
  readonly noteProcesses: (pids: readonly number[]) => void;
  /** The folder is free for another process. */
  readonly release: () => void;
};

/** Below the project's folder: `.licenser/kept`, ignored by git, for its owner alone. */
export function keptFolder(root: string): string {
  return join(root, '.licenser', 'kept');
}

const whatToDo = (folder: string) => `To begin anew, delete the folder ${folder}.`;

/**
 * Takes up the state in the folder, or begins one.
 * @throws UserError `local/kept-elsewhere`, `local/kept-other`, `local/kept-damaged`
 */
export async function openKeptState(folder: string, start: KeptStart): Promise<KeptState> {
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  await takeLock(folder);
  try {
    return useState(folder, start);
  } catch (thrown) {
    releaseLock(folder);
    throw thrown;
  }
}

function useState(folder: string, { tenantFile, policy, usualPolicy }: KeptStart): KeptState {
  const file = join(folder, 'start.json');
  const found = readKept(file, folder);
  const tenant =
    tenantFile === undefined
      ? (found?.tenant ?? null)
      : { path: tenantFile, sha256: createHash('sha256').update(readFileSync(tenantFile)).digest('hex') };
  if (found !== undefined && tenant?.sha256 !== found.tenant?.sha256) {
    throw new UserError('local/kept-other', describeOther(found, String(tenantFile)), {
      hint: `Leave out --tenant to go on with it. ${whatToDo(folder)}`,
    });
  }
  const kept: Kept = {
    version,
    tenant,
    policy: policy ?? found?.policy ?? usualPolicy,
    secrets: found?.secrets ?? makeSecrets(),
  };
  writePrivateJson(file, kept);
  const graphData = join(folder, 'graph.ndjson');
  // A start that ended early may have left no tenant yet.
  const isResumed = found !== undefined && existsSync(graphData);
  return {
    isResumed,
    isOwnTenant: tenant !== null,
    // The state is read instead; the file may be gone by now.
    tenantFile: isResumed ? undefined : tenant?.path,
    policy: kept.policy,
    secrets: kept.secrets,
    data: {
      graphData,
      serviceBusData: join(folder, 'service-bus'),
      tablesLocation: join(folder, 'tables'),
    },
    noteProcesses: (pids) => noteInLock(folder, pids),
    release: () => releaseLock(folder),
  };
}

function describeOther({ tenant }: Kept, asked: string): string {
  if (tenant?.path === asked) return `${asked} has changed since the kept state was begun with it`;
  return `The kept state is that of ${tenant === null ? 'the sample tenant' : tenant.path}, not of ${asked}`;
}

function readKept(file: string, folder: string): Kept | undefined {
  let content: string;
  try {
    content = readFileSync(file, 'utf8');
  } catch (thrown) {
    if ((thrown as { readonly code?: unknown }).code === 'ENOENT') return undefined;
    throw thrown;
  }
  let isOfVersion: number | undefined;
  try {
    const kept: unknown = JSON.parse(content);
    isOfVersion = z.object({ version: z.number() }).safeParse(kept).data?.version;
    return Kept.parse(kept);
  } catch (cause) {
    const message =
      isOfVersion === undefined || isOfVersion === version
        ? `${file} is not what a start with --keep has written`
        : `${file} is of version ${String(isOfVersion)}, and this program reads version ${String(version)}`;
    throw new UserError('local/kept-damaged', message, { cause, hint: whatToDo(folder) });
  }
}
