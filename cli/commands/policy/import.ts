import { writeFile } from 'node:fs/promises';
import { Option } from 'commander';
import { UserError, ensureError } from '../../../shared/kernel/errors';
import { loadPolicy } from '../../../shared/policy/file/load-policy';
import type { Policy } from '../../../shared/policy/policy';
import { showPreview } from '../../../shared/ops/preview/show-preview';
import type { PlanLineView } from '../../../shared/ops/preview/preview-view';
import { draftPolicy } from '../../../shared/tenant/draft/draft-policy';
import { readDraftInput } from '../../../shared/tenant/read/read-draft-input';
import { printJson } from '../../io';
import type { Io } from '../../io';
import { addExample } from '../../options/add-example';
import { wholeNumber } from '../../options/number-option';
import { jsonOption } from '../../options/rule-options';
import type { DefineCommand } from '../../program';
import { makeProgressBar } from '../../render/progress-bar';
import { addLookOptions, withLookTarget } from '../../target/target';
import type { LookTarget, TargetOptions } from '../../target/target';

type Options = TargetOptions & {
  readonly out?: string;
  readonly confidence: number;
  readonly support: number;
  readonly json?: true;
};

/** What `policy import --json` prints: the draft, and what its plan would change for users who hold a license. */
export type ImportedPolicy = {
  readonly policy: string;
  /** Users who hold a license. */
  readonly users: number;
  readonly unchanged: number;
  readonly changed: readonly { readonly user: string; readonly why: string }[];
};

/** licenser policy import [--out FILE] */
export const define: DefineCommand = (command, { io }) => {
  command
    .addOption(new Option('--out <file>', 'write the policy to this file, which only you may read'))
    .addOption(
      new Option('--confidence <percent>', 'of the users of a rule so many must have the license already')
        .argParser(wholeNumber(50, 100))
        .default(97),
    )
    .addOption(
      new Option('--support <users>', 'a rule is for so many users at least')
        .argParser(wholeNumber(1, 100_000))
        .default(5),
    );
  addExample(
    addLookOptions(command).addOption(jsonOption()),
    'policy import --target tenant --out draft.yaml',
    'policy import --target tenant --confidence 90 > draft.yaml',
  );
  command.action(async (options: Options) => {
    const bar = process.stderr.isTTY ? makeProgressBar(io.complain, io.now) : undefined;
    const onProgress = (done: number) => bar?.show({ step: 'users', done, total: null });
    const work = withLookTarget({ ...options, json: true }, io, (target) =>
      importPolicy(target, { ...options, now: io.now(), onProgress }),
    );
    const imported = await work.finally(() => bar?.end());
    if (options.out !== undefined) await writeDraftFile(options.out, imported.policy);
    if (options.json) printJson(io, imported);
    else show(io, imported, options.out);
  });
};

type ImportOptions = Pick<Options, 'confidence' | 'support'> & {
  /** Milliseconds. */
  readonly now: number;
  readonly onProgress: (done: number) => void;
};

async function importPolicy(
  { pipeline, reads }: LookTarget,
  { confidence, support, now, onProgress }: ImportOptions,
): Promise<ImportedPolicy> {
  const input = await readDraftInput(pipeline.directory, reads, onProgress);
  const text = draftPolicy({ ...input, confidence: confidence / 100, support }, now);
  if (text === undefined) {
    throw new UserError(
      'cli/nothing-to-import',
      'No license of the tenant comes by a group or follows an attribute',
      {
        hint: 'Lower --confidence or --support, or begin with policy/starter.yaml.',
      },
    );
  }
  const { lines } = await showPreview(pipeline, { selection: { kind: 'all' }, policy: policyOf(text) });
  const licensed = new Map(
    input.users
      .filter(({ assignments }) => assignments.some(({ state }) => state !== 'Error'))
      .map(({ id, name }) => [id as string, name]),
  );
  const changed = lines
    .filter((line) => licensed.has(line.id) && changes(line))
    .map((line) => ({ user: licensed.get(line.id) ?? line.id, why: describe(line) }));
  return { policy: text, users: licensed.size, unchanged: licensed.size - changed.length, changed };
}

/** A draft that its own reader refuses is our fault, and never written. */
function policyOf(text: string): Policy {
  const { policy, problems } = loadPolicy(text, { file: 'draft' });
  if (policy !== null) return policy;
  const said = problems.map(({ line, message }) => `line ${String(line)}: ${message}`).join('; ');
  throw new Error(`The draft is no valid policy: ${said}`);
}

/** Now, or as soon as a seat comes free. */
function changes({ gains, loses, plansOn, plansOff, usageLocation, outcome }: PlanLineView): boolean {
  const count = gains.length + loses.length + plansOn.length + plansOff.length;
  return count > 0 || usageLocation !== null || outcome === 'waiting';
}

function describe({ gains, loses, plansOn, plansOff, usageLocation, reasons }: PlanLineView): string {
  const plans = (changed: PlanLineView['plansOn'], word: string) =>
    changed.map(({ sku, plans: names }) => `${sku} ${word} ${names.join(', ')}`);
  const what = [
    ...gains.map((sku) => `gains ${sku}`),
    ...loses.map((sku) => `loses ${sku}`),
    ...plans(plansOn, 'with'),
    ...plans(plansOff, 'without'),
    ...(usageLocation === null ? [] : [`usage location ${usageLocation}`]),
  ];
  return what.length > 0 ? what.join('; ') : reasons.map(({ text }) => text).join(' ');
}

async function writeDraftFile(path: string, text: string): Promise<void> {
  try {
    await writeFile(path, text, { mode: 0o600 });
  } catch (cause) {
    throw new UserError('cli/unwritable', `${path} cannot be written: ${ensureError(cause).message}`, {
      cause,
    });
  }
}

const mostShown = 20;

/** The policy is the result; what is said of it goes beside it. */
function show(io: Io, { policy, users, unchanged, changed }: ImportedPolicy, out: string | undefined): void {
  if (out === undefined) io.print(policy);
  const said = [
    ...(out === undefined ? [] : [`Written to ${out}`]),
    `${String(unchanged)} of ${String(users)} users with a license stay as they are.`,
    ...changed.slice(0, mostShown).map(({ user, why }) => `  ${user}: ${why}`),
    ...(changed.length > mostShown
      ? [`  and ${String(changed.length - mostShown)} more: --json names all`]
      : []),
  ];
  io.complain(`${said.join('\n')}\n`);
}
