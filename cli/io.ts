import { readFile } from 'node:fs/promises';
import { UserError, ensureError } from '../shared/kernel/errors';
import { decodeText } from '../shared/kernel/decode-text';
import { visibleFacts, visibleJsonParts, visibleText } from './visible-text';
import { systemClock } from '../shared/kernel/clock';

/** What a command touches of the world, so that tests can stand in for it. */
export type Io = {
  /** Writes to standard output: results. */
  readonly print: (text: string) => void;
  /** Writes to standard error: everything that is no result. */
  readonly complain: (text: string) => void;
  /** `-`: standard input. */
  readonly readText: (path: string) => Promise<string>;
  readonly now: () => number;
};

export const processIo: Io = {
  print: (text) => void process.stdout.write(visibleText(text)),
  complain: (text) => void process.stderr.write(visibleText(text)),
  readText: async (path) => decodeText(path === '-' ? await readStandardInput() : await readFile(path), path),
  now: () => systemClock.now(),
};

async function readStandardInput(): Promise<Uint8Array> {
  const chunks: Uint8Array[] = [];
  for await (const chunk of process.stdin) chunks.push(chunk as Uint8Array);
  return Buffer.concat(chunks);
}

/**
 * The text of a file named on the command line, without a byte order mark.
 * @throws UserError `cli/unreadable`, `file/not-unicode`
 */
export async function readTextFile(io: Io, path: string): Promise<string> {
  try {
    return (await io.readText(path)).replace(/^\ufeff/, '');
  } catch (thrown) {
    if (thrown instanceof UserError) throw thrown;
    const { code } = thrown as { code?: unknown };
    const why = code === 'ENOENT' ? 'there is no such file' : ensureError(thrown).message;
    throw new UserError('cli/unreadable', `${path} cannot be read: ${why}`, { cause: thrown });
  }
}

/** @throws UserError `cli/unreadable`, `cli/not-json` */
export async function readJsonFile(io: Io, path: string): Promise<unknown> {
  const text = await readTextFile(io, path);
  try {
    return JSON.parse(text) as unknown;
  } catch (thrown) {
    throw new UserError('cli/not-json', `${path} is not JSON: ${ensureError(thrown).message}`, {
      cause: thrown,
    });
  }
}

/** One JSON value and a line's end: what every --json prints. */
export function printJson(io: Io, value: unknown): void {
  let last = '';
  for (const part of visibleJsonParts(value)) {
    if (last !== '') io.print(last);
    last = part;
  }
  io.print(`${last}\n`);
}

/**
 * Facts as --json wants them, else as `render` says them: then every text of them is one line that a terminal only shows,
 * whether it came from the directory or from a file that another person wrote.
 */
export function printFacts<Facts>(
  io: Io,
  { json }: { readonly json?: unknown },
  facts: Facts,
  render: (shown: Facts) => string,
): void {
  if (json === true) printJson(io, facts);
  else io.print(render(visibleFacts(facts)));
}
