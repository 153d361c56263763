import { describe, expect, it } from '@jest/globals';
import { CommanderError } from 'commander';
import type { Command } from 'commander';
import { readCompletionTree } from '../../../cli/completion/completion-tree';
import type { Io } from '../../../cli/io';
import { buildTree } from '../../../cli/program';
import { readProductSources } from '../../support/pages/product-sources';
import { readShownCommands } from '../../support/pages/shown-commands';

const silent: Io = {
  print: () => undefined,
  complain: () => undefined,
  readText: async () => '',
  now: () => 0,
};

/** The real program, whose actions only say which command was called. */
function makeProgram(first: string): {
  readonly program: Command;
  readonly called: () => string | undefined;
} {
  let called: string | undefined;
  const nounOf = first === 'users' ? 'user' : first;
  const program = buildTree({ io: silent, exit: () => undefined }, ([noun]) => noun === nounOf);
  const replace = (command: Command, path: readonly string[]) => {
    for (const one of command.commands) replace(one, [...path, one.name()]);
    if (command.commands.length === 0) {
      command.action(() => {
        called = path.join(' ');
      });
    }
  };
  replace(program, []);
  return { program, called: () => called };
}

/** Why the real program would not take it; undefined: it would. */
async function refusalOf(args: readonly string[]): Promise<string | undefined> {
  const { program, called } = makeProgram(args[0] ?? '');
  try {
    await program.parseAsync([...args], { from: 'user' });
    return called() === undefined ? 'no command' : undefined;
  } catch (error) {
    if (error instanceof CommanderError) return error.code;
    throw error;
  }
}

/** Of a mention in a sentence, which names a command rather than calls it. */
const leftOut = [
  ...['commander.missingArgument', 'commander.missingMandatoryOptionValue'],
  ...['commander.optionMissingArgument', 'commander.help'],
];

const shown = readShownCommands();
const nameOf = ({ page, args }: (typeof shown)[number]) => `${page}: licenser ${args.join(' ')}`;

describe('commands that pages show', () => {
  it('are many, on many pages', () => {
    expect(shown.filter(({ isLine }) => isLine).length).toBeGreaterThan(100);
    expect(new Set(shown.map(({ page }) => page)).size).toBeGreaterThan(8);
  });

  it('are taken by the program as they are typed, with all that they need', async () => {
    const refused: string[] = [];
    for (const one of shown) {
      const why = await refusalOf(one.args);
      if (why === undefined || (!one.isLine && leftOut.includes(why))) continue;
      refused.push(`${nameOf(one)} (${why})`);
    }
    expect(refused).toEqual([]);
  });

  it.each([
    ['an unknown command', ['queue', 'stauts'], 'commander.unknownCommand'],
    ['an unknown option', ['queue', 'status', '--deep'], 'commander.unknownOption'],
    ['a missing argument', ['user', 'show'], 'commander.missingArgument'],
    ['a missing option', ['queue', 'pause', 'apply'], 'commander.missingMandatoryOptionValue'],
    ['a value that is none of the choices', ['status', '--target', 'moon'], 'commander.invalidArgument'],
    ['one argument too many', ['status', 'now'], 'commander.excessArguments'],
  ])('would be refused for %s', async (_what, args, code) => {
    expect(await refusalOf(args)).toBe(code);
  });
});

describe('commands that the product names in its own texts', () => {
  const nodes = readCompletionTree(buildTree({ io: silent, exit: () => undefined })).nodes;
  const nouns = new Set(nodes.map(({ path }) => path.split(' ')[0] ?? ''));
  const texts = readProductSources(['shared', 'functions', 'cli', 'local', 'demo']).flatMap(
    ({ path, text }) =>
      [...text.matchAll(/licenser ([a-z-]+(?:[ =](?:[a-z-]+|--[a-z-]+|[A-Z_]+|\$\{[^}]*\}))*)/g)].map(
        ([, words = '']) => ({ path, words: words.split(' ') }),
      ),
  );

  it('exist, with the options that stand behind them', () => {
    const named = texts.filter(({ words: [first = ''] }) => nouns.has(first));
    expect(named.length).toBeGreaterThan(150);
    const wrong = named.filter(({ words }) => {
      const command = nodes
        .filter(({ path }) => path !== '' && path.split(' ').every((word, at) => words[at] === word))
        .sort((a, b) => b.path.length - a.path.length)[0];
      const known = command?.candidates.map(({ word }) => word) ?? [];
      return words.some((word) => word.startsWith('--') && !known.includes(word));
    });
    expect(wrong.map(({ path, words }) => `${path}: licenser ${words.join(' ')}`)).toEqual([]);
  });
});
