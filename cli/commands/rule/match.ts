import { Option } from 'commander';
import { UserError } from '../../../shared/kernel/errors';
import type { RuleContext } from '../../../shared/policy/condition';
import { readMembershipRule } from '../../../shared/policy/rule/membership-rule';
import { joinNeeds } from '../../../shared/words/needs';
import { printFacts } from '../../io';
import type { Io } from '../../io';
import type { DefineCommand } from '../../program';
import { readRules } from '../../read/read-rules';
import type { RuleEntry } from '../../read/read-rules';
import { readUsers } from '../../read/read-users';
import type { NamedUser } from '../../read/read-users';
import { ruleOptions } from '../../options/rule-options';
import type { RuleOptions } from '../../options/rule-options';
import { readTenantUsers } from '../../target/read-tenant-user';
import type { TargetOptions } from '../../target/target';
import { addSignInOptions } from '../../target/tenant/tenant-options';

/** What `rule match` says of one rule; the shape of its JSON output. */
export type RuleMatchEntry = {
  readonly id?: string | number;
  readonly rule: string;
  readonly valid: boolean;
  readonly error?: {
    readonly message: string;
    readonly line: number;
    readonly column: number;
    readonly hint?: string;
  };
  readonly warnings: readonly string[];
  readonly matches: readonly string[];
  readonly undecided: readonly string[];
};

type Options = RuleOptions & TargetOptions & { readonly rules?: string; readonly users?: string };

/** licenser rule match RULE|--rules FILE --users FILE|--target TENANT */
export const define: DefineCommand = (command, { io, exit }) => {
  command
    .argument('[rule]', 'a membership rule')
    .addOption(new Option('--rules <file>', 'rules: a JSON array of strings or of { id, rule }'))
    .addOption(new Option('--users <file>', 'users as Graph returns them: a JSON array or { value: [] }'))
    .addOption(
      new Option('--target <tenant>', 'evaluate over the users of a tenant')
        .choices(['local', 'azure', 'tenant'])
        .conflicts('users'),
    )
    .addOption(new Option('--cloud-file <file>', 'file of the running embedded cloud').hideHelp());
  addSignInOptions(command);
  for (const option of ruleOptions()) command.addOption(option);
  command.action(async (rule: string | undefined, options: Options) => {
    if ((rule === undefined) === (options.rules === undefined)) {
      throw new UserError('cli/usage', 'Give a rule or --rules FILE, one of the two');
    }
    const rules = options.rules === undefined ? [{ rule: rule ?? '' }] : await readRules(io, options.rules);
    const users = await usersOf(io, options, rules);
    const context: RuleContext = { now: options.now ?? io.now(), absent: options.absent };
    const entries = rules.map((entry) => matchRule(entry, users, context, options));
    printFacts(io, options, entries, (shown) =>
      shown.map((entry) => renderEntry(entry, users.length)).join('\n'),
    );
    if (options.rules === undefined && entries.some((entry) => !entry.valid)) exit(1);
  });
};

/** Out of a file, or of the tenant with just what the rules look at. */
async function usersOf(io: Io, options: Options, rules: readonly RuleEntry[]): Promise<readonly NamedUser[]> {
  if (options.users !== undefined) return readUsers(io, options.users);
  if (options.target === undefined) {
    throw new UserError('cli/usage', 'Give --users FILE, or --target for the users of a tenant');
  }
  const readings = rules.map(({ rule }) => readMembershipRule(rule, { unconfirmed: options.unconfirmed }));
  const needs = joinNeeds(readings.flatMap((reading) => (reading.valid ? [reading.rule.needs] : [])));
  return readTenantUsers(needs, options, io);
}

function matchRule(
  { id, rule: source }: RuleEntry,
  users: readonly NamedUser[],
  context: RuleContext,
  options: Options,
): RuleMatchEntry {
  const named = id === undefined ? { rule: source } : { id, rule: source };
  const reading = readMembershipRule(source, { unconfirmed: options.unconfirmed });
  if (!reading.valid) {
    const { message, line, column, hint } = reading.error;
    const error = { message, line, column, ...(hint === undefined ? {} : { hint }) };
    return { ...named, valid: false, error, warnings: [], matches: [], undecided: [] };
  }
  const matches: string[] = [];
  const undecided: string[] = [];
  for (const user of users) {
    const truth = reading.rule.evaluate(user.user, context);
    if (truth === true) matches.push(user.id);
    if (truth === 'undecided') undecided.push(user.id);
  }
  const warnings = reading.rule.warnings.map((warning) => warning.message);
  return { ...named, valid: true, warnings, matches, undecided };
}

function renderEntry(entry: RuleMatchEntry, users: number): string {
  const lines = [`${entry.id === undefined ? '' : `${String(entry.id)}: `}${entry.rule}`];
  if (entry.error !== undefined) {
    const { line, column, message, hint } = entry.error;
    lines.push(`  error at ${String(line)}:${String(column)}: ${message}`);
    if (hint !== undefined) lines.push(`    ${hint}`);
  } else {
    const open = entry.undecided.length === 0 ? '' : `, ${String(entry.undecided.length)} undecided`;
    lines.push(`  matches ${String(entry.matches.length)} of ${String(users)} users${open}`);
    lines.push(...entry.warnings.map((warning) => `  warning: ${warning}`));
    lines.push(...entry.matches.map((id) => `    ${id}`));
    lines.push(...entry.undecided.map((id) => `    ${id} (undecided)`));
  }
  return `${lines.join('\n')}\n`;
}
