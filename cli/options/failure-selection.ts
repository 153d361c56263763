import { Option } from 'commander';
import type { Command } from 'commander';
import { UserError } from '../../shared/kernel/errors';

export type SelectionOptions = { readonly class?: string; readonly all?: true };

/** Which failures a command is about: subjects, a class, or all. */
export function addSelectionOptions(command: Command): Command {
  return command
    .argument('[subject...]', 'users (id or userPrincipalName), or message:ID')
    .addOption(new Option('--class <class>', 'all of this class'))
    .addOption(new Option('--all', 'all there are'));
}

/** @throws UserError `cli/usage` */
export function selectionOf(
  subjects: readonly string[],
  options: SelectionOptions,
): { subjects: string[] } | { class: string } | { all: true } {
  const given = [subjects.length > 0, options.class !== undefined, options.all === true];
  if (given.filter(Boolean).length !== 1) {
    throw new UserError('cli/usage', 'Give users, --class CLASS or --all, one of the three');
  }
  if (options.class !== undefined) return { class: options.class };
  return options.all ? { all: true } : { subjects: [...subjects] };
}
