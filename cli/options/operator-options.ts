import { Option } from 'commander';
import type { Command } from 'commander';
import { UserError } from '../../shared/kernel/errors';
import type { OpsOptions } from '../target/ops-target';

export type OperatorOptions = OpsOptions & { readonly why?: string };

/** --why and --as of a command that changes something; the audit has both. */
export function addOperatorOptions(command: Command, { why }: { why: 'required' | 'optional' }): Command {
  const reason = new Option('--why <reason>', 'why; recorded with what is done');
  return addAsOption(command.addOption(why === 'required' ? reason.makeOptionMandatory() : reason));
}

/** --as: who acts in the embedded cloud. On Azure the token says who it is. */
export function addAsOption(command: Command): Command {
  return command.addOption(
    new Option(
      '--as <person>',
      'who acts in the embedded cloud: viewer, operator, operator2, approver, approver2 (default: operator)',
    ),
  );
}

/** The reason for a route that takes one. @throws UserError `cli/usage` for a reason without a letter in it */
export function optionalWhy({ why }: OperatorOptions): { readonly why?: string } {
  if (why === undefined) return {};
  if (!/\p{L}/u.test(why)) throw new UserError('cli/usage', '--why is empty');
  return { why: why.trim() };
}

/** For actions that another person must understand later. @throws UserError `cli/usage` */
export function requiredWhy(options: OperatorOptions): { readonly why: string } {
  const { why } = optionalWhy(options);
  if (why === undefined) throw new UserError('cli/usage', 'Give --why REASON');
  return { why };
}
