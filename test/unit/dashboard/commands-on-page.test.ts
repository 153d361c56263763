import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { onPage } from '../../../dashboard/parts/commands-on-page';

const shared = join(__dirname, '..', '..', '..', 'shared');
const folders = ['ops/status', 'licensing/reasons', 'licensing/guards', 'pipeline/guards', 'graph/refusals'];
const files = [
  'ops/failures/failure-view.ts',
  'pipeline/failures/record-failure.ts',
  'ops/users/what-is-next.ts',
];
const sources = [
  ...folders.flatMap((folder) => readdirSync(join(shared, folder)).map((name) => join(shared, folder, name))),
  ...files.map((file) => join(shared, file)),
].filter((path) => path.endsWith('.ts'));

/** A comment, or a string that is a command and nothing else: those go to the command line alone. */
const isNotRead = /^\s*(?:\*|\/)|['"`]licenser [^'"`]*['"`][,;]?$/;
/** What people read on the page, by the lines of the sources that have it. */
const texts = sources.flatMap((path) =>
  readFileSync(path, 'utf8')
    .split('\n')
    .filter((line) => line.includes('licenser ') && !isNotRead.test(line)),
);
/** What the page does not have, so that a terminal is needed. */
const inTerminalAlone = /licenser (?:doctor|repair|sku plans|graph-error)/g;

describe('a text that the command line shares', () => {
  it.each(texts)('names places of the page in the place of commands: %s', (line) => {
    expect(onPage(line).replaceAll(inTerminalAlone, '')).not.toMatch(/licenser [a-z]/);
  });

  it('is there, so that the test above tests something', () => {
    expect(texts.length).toBeGreaterThan(10);
  });

  it.each([
    [
      'Buy or free seats (licenser sku list), then `licenser failure replay --class seats`.',
      'Buy or free seats (the page Waiting & seats), then “Replay”.',
    ],
    [
      'Not looked at yet. `licenser apply --user` queues the user.',
      'Not looked at yet. “Look again” on the user’s page queues the user.',
    ],
    ['`licenser doctor` says what is missing.', '`licenser doctor` says what is missing.'],
  ])('%s', (text, said) => {
    expect(onPage(text)).toBe(said);
  });
});
