import { userInfo } from 'node:os';
import { Option } from 'commander';
import type { Command } from 'commander';
import { UserError } from '../../shared/kernel/errors';
import type { Operator } from '../../shared/ops/audit/operator';
import type { TargetOptions } from '../target/target';

export type OperatorOptions = { readonly by?: string; readonly why?: string };

/** --by and --why of a command that changes something; both go into the audit table. */
export function addOperatorOptions(command: Command, { why }: { why: 'required' | 'optional' }): Command {
  const reason = new Option('--why <reason>', 'why; recorded with what is done');
  return command
    .addOption(why === 'required' ? reason.makeOptionMandatory() : reason)
    .addOption(new Option('--by <name>', 'who asks for it (default: the name you are logged in with here)'));
}

/** @throws UserError `cli/usage` for a reason or name without a letter in it */
export function operatorOf({ by, why }: OperatorOptions): Operator {
  for (const [option, text] of [
    ['--why', why],
    ['--by', by],
  ] as const) {
    if (text?.trim() === '') throw new UserError('cli/usage', `${option} is empty`);
  }
  return { by: by ?? userInfo().username, why: why ?? null };
}

/** For actions that another person must understand later. @throws UserError `cli/usage` */
export function operatorWithReason(options: OperatorOptions): Operator & { readonly why: string } {
  const { by, why } = operatorOf(options);
  if (why === null) throw new UserError('cli/usage', 'Give --why REASON');
  return { by, why };
}

/** Changing commands see Azure only through the deployed app's approvals. @throws UserError `cli/read-only` */
export function refuseAzure(options: TargetOptions, command: string): void {
  if (options.target !== 'azure') return;
  throw new UserError('cli/read-only', `${command} cannot be used with --target azure`, {
    hint: 'Changes go through the ops API of the deployed app, which does not exist yet.',
  });
}
