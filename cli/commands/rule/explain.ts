import { Option } from 'commander';
import type { RuleContext, RuleUser } from '../../../shared/policy/condition';
import { explainRule, renderExplanation } from '../../../shared/policy/rule/evaluate/explain-rule';
import { readMembershipRule } from '../../../shared/policy/rule/membership-rule';
import type { MembershipRule } from '../../../shared/policy/rule/membership-rule';
import { printFacts, printJson } from '../../io';
import type { Io } from '../../io';
import type { DefineCommand } from '../../program';
import { isUserName, readTenantUser } from '../../target/read-tenant-user';
import { addSignInOptions } from '../../target/tenant/tenant-options';
import { readOneUser } from '../../read/read-users';
import { ruleOptions } from '../../options/rule-options';
import type { RuleOptions } from '../../options/rule-options';
import type { TargetOptions } from '../../target/target';
import { visibleLine } from '../../visible-text';

type Options = RuleOptions & TargetOptions & { readonly user: string; readonly users?: string };

/** licenser rule explain RULE --user FILE|ID */
export const define: DefineCommand = (command, { io, exit }) => {
  command
    .argument('<rule>', 'a membership rule')
    .requiredOption('--user <file|id>', 'a JSON file with one user, or an id or userPrincipalName')
    .option('--users <file>', 'users as Graph returns them, to find the user in')
    .addOption(
      new Option('--target <tenant>', 'read the user from a tenant')
        .choices(['local', 'azure', 'tenant'])
        .conflicts('users'),
    )
    .addOption(new Option('--cloud-file <file>', 'file of the running embedded cloud').hideHelp());
  addSignInOptions(command);
  for (const option of ruleOptions()) command.addOption(option);
  command.action(async (source: string, options: Options) => {
    const reading = readMembershipRule(source, { unconfirmed: options.unconfirmed });
    if (!reading.valid) {
      const { message, line, column, hint } = reading.error;
      const error = { message, line, column, ...(hint === undefined ? {} : { hint }) };
      if (options.json) printJson(io, { rule: source, valid: false, error });
      else {
        const place = `error at ${String(line)}:${String(column)}`;
        const said = hint === undefined ? '' : `  ${visibleLine(hint)}\n`;
        io.print(`${place}: ${visibleLine(message)}\n${said}`);
      }
      exit(1);
      return;
    }
    const user = await findUser(io, options, reading.rule);
    const context: RuleContext = { now: options.now ?? io.now(), absent: options.absent };
    const explanation = explainRule(reading.rule, user, context);
    const warnings = reading.rule.warnings.map((warning) => warning.message);
    const facts = { rule: source, valid: true, warnings, result: explanation.result, explanation };
    printFacts(io, options, facts, (shown) =>
      [
        renderExplanation(shown.explanation),
        ...shown.warnings.map((warning) => `warning: ${warning}`),
        '',
      ].join('\n'),
    );
  });
};

/** Out of a file, or out of the tenant when one is named, or when --user is a name and no file is. */
async function findUser(io: Io, options: Options, rule: MembershipRule): Promise<RuleUser> {
  const inTenant = options.target !== undefined || (options.users === undefined && isUserName(options.user));
  return inTenant
    ? readTenantUser(options.user, rule.needs, options, io)
    : readOneUser(io, options.user, options.users);
}
