import { styleText } from 'node:util';

type Format = Parameters<typeof styleText>[0];

/** Colors on a terminal that has them; plain text into a pipe or with NO_COLOR. */
export function paint(format: Format, text: string): string {
  const { stdout } = process;
  return stdout.isTTY && stdout.hasColors() ? styleText(format, text) : text;
}

const formats: Readonly<Record<string, Format>> = {
  licensed: 'green',
  nothing: 'green',
  ok: 'green',
  Success: 'green',
  Enabled: 'green',
  Active: 'green',
  waiting: 'yellow',
  held: 'yellow',
  grace: 'yellow',
  warn: 'yellow',
  Disabled: 'yellow',
  Warning: 'yellow',
  blocked: 'red',
  failed: 'red',
  lost: 'red',
  fail: 'red',
  Error: 'red',
  Suspended: 'red',
  Deleted: 'red',
  LockedOut: 'red',
};

/** An outcome, state or status in its color. */
export function paintWord(word: string): string {
  const format = formats[word];
  return format === undefined ? word : paint(format, word);
}
