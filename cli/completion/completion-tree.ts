import type { Command } from 'commander';

export type Candidate = { readonly word: string; readonly summary: string };
export type CompletionTree = {
  /** By the words typed so far, such as `sku` or `local user`; '' is the start. */
  readonly nodes: readonly { readonly path: string; readonly candidates: readonly Candidate[] }[];
  /** Options that take one of a few values. */
  readonly choices: readonly { readonly flag: string; readonly values: readonly string[] }[];
};

/** What can be typed where, read from the commands themselves. */
export function readCompletionTree(program: Command): CompletionTree {
  const nodes: { path: string; candidates: Candidate[] }[] = [];
  const choices = new Map<string, readonly string[]>();
  const visit = (command: Command, path: string) => {
    const candidates: Candidate[] = command.commands.map((child) => ({
      word: child.name(),
      summary: child.description(),
    }));
    for (const argument of command.registeredArguments) {
      for (const word of argument.argChoices ?? []) candidates.push({ word, summary: argument.description });
    }
    for (const option of command.options) {
      if (option.hidden || !option.long) continue;
      candidates.push({ word: option.long, summary: option.description });
      if (option.argChoices) choices.set(option.long, option.argChoices);
    }
    candidates.push({ word: '--help', summary: 'display help for command' });
    nodes.push({ path, candidates });
    for (const child of command.commands)
      visit(child, path === '' ? child.name() : `${path} ${child.name()}`);
  };
  visit(program, '');
  return { nodes, choices: [...choices].map(([flag, values]) => ({ flag, values })) };
}
