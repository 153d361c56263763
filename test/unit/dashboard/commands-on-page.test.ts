import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { onPage } from '../../../dashboard/parts/text/commands-on-page';

const shared = join(__dirname, '..', '..', '..', 'shared');
const folders = ['ops/status', 'licensing/reasons', 'licensing/guards', 'pipeline/guards', 'graph/refusals'];
const files = [
  'ops/failures/failure-view.ts',
  'pipeline/failures/record-failure.ts',
  'ops/users/what-is-next.ts',
];
/** A policy is a file at the command line alone. */
const ofPolicyFile = /licenser policy (?:activate|check)/;
const typescriptUnder = (folder: string) =>
  readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.ts'))
    .map((name) => join(folder, name));
const sources = [
  ...folders.flatMap((folder) => readdirSync(join(shared, folder)).map((name) => join(shared, folder, name))),
  ...files.map((file) => join(shared, file)),
].filter((path) => path.endsWith('.ts'));

/** Sources whose hints the API gives to the page; those of policy files, backups and rows that are repaired are the command line's. */
const withHints = ['failures', 'pauses', 'queues', 'rollouts', 'skus', 'users'].flatMap((name) =>
  typescriptUnder(join(shared, 'ops', name)),
);
/** What a hint tells to do. */
const hints = [...withHints, ...typescriptUnder(join(shared, 'ops-api'))].flatMap((path) =>
  readFileSync(path, 'utf8')
    .split('\n')
    .filter((line) => /hint: .*licenser /.test(line) && !ofPolicyFile.test(line))
    .map((line) =>
      line
        .trim()
        .replaceAll('\\`', '`')
        .replace(/\$\{\w+\}/g, 'activation-1'),
    ),
);

/** A comment, or a string that is a command and nothing else: those go to the command line alone. */
const isNotRead = /^\s*(?:\*|\/)|['"`]licenser [^'"`]*['"`][,;]?$/;
/** What people read on the page, by the lines of the sources that have it. */
const texts = sources.flatMap((path) =>
  readFileSync(path, 'utf8')
    .split('\n')
    .filter((line) => line.includes('licenser ') && !isNotRead.test(line)),
);
/** What the page does not have, so that a terminal is needed. */
const inTerminalAlone = /licenser (?:doctor|repair|sku plans|graph-error|census status)/g;

describe('a text that the command line shares', () => {
  it.each(texts)('names places of the page in the place of commands: %s', (line) => {
    expect(onPage(line).replaceAll(inTerminalAlone, '')).not.toMatch(/licenser [a-z]/);
  });

  it.each(hints)('names places of the page in a hint: %s', (line) => {
    expect(onPage(line).replaceAll(inTerminalAlone, '')).not.toMatch(/licenser [a-z]/);
  });

  it('is there, so that the test above tests something', () => {
    expect(texts.length).toBeGreaterThan(10);
    expect(hints.length).toBeGreaterThan(5);
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
    [
      'Run licenser apply --user ann@contoso.com. Then wait.',
      'Run “Look again” on the user’s page. Then wait.',
    ],
    [
      '`licenser apply --user ann.b@contoso.com` looks at the user again.',
      '“Look again” on the user’s page looks at the user again.',
    ],
    // The page has a count alone; the command names the users.
    ['See who: licenser census status.', 'See who: licenser census status.'],
    ['`licenser doctor` says what is missing.', '`licenser doctor` says what is missing.'],
  ])('%s', (text, said) => {
    expect(onPage(text)).toBe(said);
  });
});

describe('what the product says', () => {
  const dashboard = join(__dirname, '..', '..', '..', 'dashboard');
  const views = readdirSync(dashboard, { recursive: true, encoding: 'utf8' }).filter(
    (name) => name.endsWith('.tsx') && name !== 'parts/prose.tsx',
  );

  /** A child that is one of these names as it is: `>{text}<`, `{problem.hint}` or `{reason ?? …}`. */
  const bare =
    /(?<![=\w$])\{(?:\w+\.)*(?:because|error|hint|message|missing|note|notExplained|reason|repair|text|todo)(?: \?\? [^{}]*)?\}(?!\s*=>)/;
  it.each([
    ...['parts/states.tsx', 'parts/timeline.tsx', 'act/operation-progress.tsx'],
    ...[
      'views/overview/longest-card.tsx',
      'views/overview/verdict-panel.tsx',
      'views/failures/story-view.tsx',
    ],
  ])('is prose in %s', (name) => {
    expect(readFileSync(join(dashboard, name), 'utf8')).toContain('<Prose text=');
  });

  it.each(views)('is never shown with its backticks in %s', (name) => {
    expect(
      readFileSync(join(dashboard, name), 'utf8')
        .split('\n')
        .filter((line) => bare.test(line)),
    ).toEqual([]);
  });
});
