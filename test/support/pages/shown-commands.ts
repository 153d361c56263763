import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { projectFolder } from './product-sources';

/** A command of `licenser` as a page shows it. */
export type ShownCommand = {
  /** From the project's folder. */
  readonly page: string;
  /** A line to be typed as it is; else a mention in a sentence, which may leave arguments out. */
  readonly isLine: boolean;
  readonly args: readonly string[];
};

/** Every page that people read, from the project's folder. */
export const pages: readonly string[] = [
  ...['README.md', 'CONTRIBUTING.md', 'SECURITY.md'],
  ...readdirSync(join(projectFolder, 'docs'), { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith('.md'))
    .map((file) => join('docs', file).replaceAll('\\', '/')),
];

const called = /(?:npm run (?:-s |--silent )?licenser -- |npx licenser |licenser )([a-z].*)/;

/** Commands of all pages: lines of blocks of code, and what stands between backticks in sentences. */
export function readShownCommands(): readonly ShownCommand[] {
  return pages.flatMap((page) => {
    const text = readFileSync(join(projectFolder, page), 'utf8');
    const blocks = [...text.matchAll(/^```(\w*)\n(.*?)^```/gms)].flatMap(([, language = '', block = '']) =>
      ['', 'bash', 'sh', 'shell', 'console'].includes(language) ? [block] : [],
    );
    const lines = blocks.flatMap((block) =>
      block
        .replaceAll(/\\\n\s*/g, '')
        .split('\n')
        .filter((line) => /^(?:\$ )?(?:[A-Z_]+=\S+ )*(?:npm run|npx|licenser)\b/.test(line)),
    );
    const sentences = text.replaceAll(/^```.*?^```/gms, '');
    const mentions = [...sentences.matchAll(/`([^`]+)`/g)].map(([, span = '']) => span.replaceAll('\n', ' '));
    return [
      ...lines.map((line) => ({ line, isLine: true })),
      ...mentions
        .filter((span) => /^(?:npm run|npx|licenser)\b/.test(span))
        .map((line) => ({ line, isLine: false })),
    ].flatMap(({ line, isLine }) => {
      const [, typed] = called.exec(line) ?? [];
      return typed === undefined ? [] : [{ page, isLine, args: toArgs(typed) }];
    });
  });
}

/** What stands on pages for something of the reader's. */
const placeholders: Readonly<Record<string, string>> = { TIME: '2h', N: '1' };

/** As a shell takes it apart, up to a comment, a pipe or a file. */
function toArgs(line: string): readonly string[] {
  const args: string[] = [];
  for (const [, double, single, plain] of line.matchAll(/"([^"]*)"|'([^']*)'|(\S+)/g)) {
    if (plain !== undefined && /^(?:[#|<>;]|&&)/.test(plain)) break;
    const word = double ?? single ?? plain ?? '';
    args.push(placeholders[word] ?? word);
  }
  return args;
}
