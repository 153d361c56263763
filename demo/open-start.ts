import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { checkTenantFile } from '@auto-licenser/graph-emulator/check-tenant-file';
import { renderProblems } from '../cli/render/render-problems';
import type { CloudOptions } from '../local/cloud';
import { keptFolder, openKeptState } from '../local/kept-state';
import type { KeptState } from '../local/kept-state';
import { decodeText } from '../shared/kernel/decode-text';
import { UserError, ensureError } from '../shared/kernel/errors';
import { loadPolicy } from '../shared/policy/file/load-policy';

/** What a start was asked to work on. */
export type StartFiles = {
  /** Of the first sync; undefined: 40 of the sample tenant, none of another one or of a state that was kept. */
  readonly users: number | undefined;
  /** Absolute path of a tenant file; undefined: the sample tenant. */
  readonly tenant: string | undefined;
  /** Absolute path of a policy; undefined: the sample's, or for another tenant one that only observes. */
  readonly policy: string | undefined;
  /** Takes up the state that an earlier start has kept, and keeps its own. */
  readonly keep: boolean;
};

/** What a start works on, checked. */
export type OpenedStart = {
  /** Another tenant than the sample. */
  readonly isOwnTenant: boolean;
  readonly isResumed: boolean;
  /** Absolute path. */
  readonly policy: string;
  /** Joiners of the first sync. */
  readonly users: number;
  /** Lines to show before anything starts. */
  readonly said: readonly string[];
  readonly cloud: Pick<
    CloudOptions,
    'tenantFile' | 'secrets' | 'graphData' | 'serviceBusData' | 'tablesLocation'
  >;
  readonly noteProcesses: (pids: readonly number[]) => void;
  readonly release: () => void;
};

const usualUsers = 40;

/**
 * Checks tenant file and policy before anything runs, and takes up the state that was kept.
 * @param say shows a line of what takes long
 * @throws UserError that says what is wrong, where, and what to do
 */
export async function openStart(
  root: string,
  asked: StartFiles,
  say: (text: string) => void = () => undefined,
): Promise<OpenedStart> {
  const { tenant } = asked;
  // A large one takes seconds, and is read before anything else is said.
  if (tenant !== undefined) say(`Reading ${tenant} …`);
  const facts = tenant === undefined ? undefined : checkTenantFile(tenant);
  if (asked.policy !== undefined) checkPolicy(asked.policy);
  const usualPolicy = (isOwn: boolean) => join(root, 'policy', isOwn ? 'starter.yaml' : 'sample-tenant.yaml');
  const kept = asked.keep
    ? await openKeptState(keptFolder(root), {
        tenantFile: tenant,
        policy: asked.policy,
        usualPolicy: usualPolicy(tenant !== undefined),
      })
    : undefined;
  const isOwnTenant = kept?.isOwnTenant ?? tenant !== undefined;
  const policy = kept?.policy ?? asked.policy ?? usualPolicy(isOwnTenant);
  const isResumed = kept?.isResumed === true;
  return {
    isOwnTenant,
    isResumed,
    policy,
    users: asked.users ?? (isOwnTenant || isResumed ? 0 : usualUsers),
    said: [
      ...(facts === undefined || isResumed
        ? []
        : [`Tenant: ${String(tenant)}, ${String(facts.users)} users, ${String(facts.groups)} groups`]),
      ...(kept === undefined ? [] : [describeKept(root, isResumed)]),
      ...describePolicy(root, policy, { isOwnTenant, isAsked: asked.policy !== undefined, isResumed }),
    ],
    cloud: cloudOptions(tenant, kept),
    noteProcesses: kept?.noteProcesses ?? (() => undefined),
    release: kept?.release ?? (() => undefined),
  };
}

function cloudOptions(tenant: string | undefined, kept: KeptState | undefined): OpenedStart['cloud'] {
  if (kept === undefined) return { tenantFile: tenant };
  return { tenantFile: kept.tenantFile, secrets: kept.secrets, ...kept.data };
}

function describeKept(root: string, isResumed: boolean): string {
  const folder = keptFolder(root);
  return isResumed
    ? `Going on with the state in ${folder}; delete that folder to begin anew.`
    : `Keeping the state in ${folder}.`;
}

/** The sample's policy is what the sample is for; of any other it is told which one decides. */
function describePolicy(
  root: string,
  policy: string,
  { isOwnTenant, isAsked, isResumed }: { isOwnTenant: boolean; isAsked: boolean; isResumed: boolean },
): readonly string[] {
  if (!isOwnTenant && !isAsked && !isResumed) return [];
  const isStarter = policy === join(root, 'policy', 'starter.yaml');
  const stored = isResumed
    ? ['What is stored decides; `licenser policy activate FILE` puts another one in force.']
    : [];
  return [
    `Policy: ${policy}`,
    ...stored,
    ...(isStarter && !isResumed
      ? [
          'It only observes: nothing is written. Give --policy FILE, or draft one from the copy in another terminal:',
          '  npm run -s licenser -- policy import --out draft.yaml',
        ]
      : []),
  ];
}

function checkPolicy(file: string): void {
  let text: string;
  try {
    text = decodeText(readFileSync(file), file);
  } catch (cause) {
    if (cause instanceof UserError) throw cause;
    const isAbsent = (cause as { readonly code?: unknown }).code === 'ENOENT';
    const why = isAbsent ? 'there is no such file' : ensureError(cause).message;
    throw new UserError('policy/unreadable', `The policy ${file} cannot be read: ${why}`, {
      cause,
      hint: 'Give the path of a policy file; policy/starter.yaml is one to begin with.',
    });
  }
  const errors = loadPolicy(text, { file }).problems.filter(({ severity }) => severity === 'error');
  if (errors.length === 0) return;
  throw new UserError('policy/invalid', `${file} is no valid policy\n${renderProblems(errors).trimEnd()}`, {
    hint: '`licenser policy check FILE` tells the same with what to do.',
  });
}
