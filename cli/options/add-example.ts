import type { Command } from 'commander';

/** Shows how the command is called, below its help. */
export function addExample(command: Command, ...lines: readonly string[]): Command {
  return command.addHelpText(
    'after',
    `\nExample${lines.length > 1 ? 's' : ''}:\n${lines.map((line) => `  licenser ${line}\n`).join('')}`,
  );
}
