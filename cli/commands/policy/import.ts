import { Option } from 'commander';
import { UserError } from '../../../shared/kernel/errors';
import { loadPolicy } from '../../../shared/policy/file/load-policy';
import type { Policy } from '../../../shared/policy/policy';
import { showPreview } from '../../../shared/ops/preview/show-preview';
import type { PlanLineView, PreviewView } from '../../../shared/ops/preview/preview-view';
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
import { visibleDocument, visibleFacts } from '../../visible-text';
import { writePrivateFile } from '../../write-private-file';

type Options = TargetOptions & {
  readonly out?: string;
  readonly confidence: number;
  readonly support: number;
  readonly json?: true;
};

type ChangedUser = { readonly user: string; readonly why: string };

/** What `policy import --json` prints: the draft, and what its plan would change. */
export type ImportedPolicy = {
  readonly policy: string;
  /** Users who hold a license. */
  readonly users: number;
  readonly unchanged: number;
  /** Of those who hold a license. */
  readonly changed: readonly ChangedUser[];
  /** Users who hold none and would get one, or wait for one. */
  readonly gaining: readonly ChangedUser[];
  /** Of those who hold a license: ids of users who could not be planned, so that it is not known what would change. */
  readonly unreadable: readonly string[];
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
    if (options.out !== undefined) await writePrivateFile(options.out, imported.policy);
    if (options.json) printJson(io, imported);
    else show(io, { ...visibleFacts(imported), policy: imported.policy }, options.out);
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
  const plan = await showPreview(pipeline, { selection: { kind: 'all' }, policy: policyOf(text) });
  const licensed = new Map(
    input.users
      .filter(({ assignments }) => assignments.some(({ state }) => state !== 'Error'))
      .map(({ id, name }) => [id as string, name]),
  );
  return { policy: text, ...summarize(plan, licensed) };
}

/**
 * What a plan changes for users who hold a license, and for the others.
 * @param licensed names of those who hold one, by id
 */
export function summarize(
  { lines, unreadable }: Pick<PreviewView, 'lines' | 'unreadable'>,
  licensed: ReadonlyMap<string, string>,
): Omit<ImportedPolicy, 'policy'> {
  const changing = lines.filter(changes).map((line) => ({
    isLicensed: licensed.has(line.id),
    one: { user: licensed.get(line.id) ?? line.userPrincipalName ?? line.id, why: describe(line) },
  }));
  const of = (isLicensed: boolean) =>
    changing.filter((each) => each.isLicensed === isLicensed).map(({ one }) => one);
  const [changed, gaining] = [of(true), of(false)];
  const unplanned = unreadable.filter((id) => licensed.has(id));
  const unchanged = licensed.size - changed.length - unplanned.length;
  return { users: licensed.size, unchanged, changed, gaining, unreadable: unplanned };
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

const mostShown = 20;

/** The policy is the result; what is said of it goes beside it. */
function show(io: Io, imported: ImportedPolicy, out: string | undefined): void {
  const { policy, users, unchanged, changed, gaining, unreadable } = imported;
  if (out === undefined) io.print(visibleDocument(policy));
  const said = [
    ...(out === undefined ? [] : [`Written to ${out}`]),
    `${String(unchanged)} of ${String(users)} users with a license stay as they are.`,
    ...list(changed),
    ...(gaining.length === 0
      ? []
      : [`${String(gaining.length)} users without a license would get one:`, ...list(gaining)]),
    ...(unreadable.length === 0
      ? []
      : [
          `${String(unreadable.length)} users with a license cannot be planned: what would change is not known.`,
        ]),
  ];
  io.complain(`${said.join('\n')}\n`);
}

function list(users: readonly ChangedUser[]): readonly string[] {
  const more = users.length - mostShown;
  return [
    ...users.slice(0, mostShown).map(({ user, why }) => `  ${user}: ${why}`),
    ...(more > 0 ? [`  and ${String(more)} more: --json names all`] : []),
  ];
}
