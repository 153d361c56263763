import { execFileSync, spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';

const root = join(__dirname, '..', '..', '..');

let tree: string;
beforeEach(() => {
  tree = mkdtempSync(join(tmpdir(), 'checks-'));
});
afterEach(() => rmSync(tree, { recursive: true, force: true }));

/** Writes files into the tree, by their paths. */
function plant(files: Readonly<Record<string, string>>): void {
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(tree, path)), { recursive: true });
    writeFileSync(join(tree, path), text);
  }
}

function check(script: string, ...args: string[]) {
  const run = spawnSync(process.execPath, [join(root, 'scripts', script), ...args], { encoding: 'utf8' });
  return { status: run.status, lines: run.stderr.trim().split('\n').filter(Boolean) };
}

describe('scripts/check-rooms.mjs', () => {
  beforeEach(() => plant({ 'package.json': '{ "workspaces": ["packages/graph-emulator"] }' }));
  beforeEach(() => plant({ 'packages/graph-emulator/package.json': emulator }));
  const emulator = JSON.stringify({
    name: '@auto-licenser/graph-emulator',
    exports: { '.': { '@auto-licenser/source': './src/start-graph.ts', default: './dist/start-graph.js' } },
  });

  it('passes a tree whose imports run down', () => {
    plant({
      'shared/kernel/clock.ts': 'export type Clock = { now(): number };\n',
      'shared/policy/policy.ts':
        "import type { Clock } from '../kernel/clock';\nexport type Policy = Clock;\n",
    });

    expect(check('check-rooms.mjs', tree)).toEqual({ status: 0, lines: [] });
  });

  it('finds an import of a room above, also of a type', () => {
    plant({
      'shared/kernel/clock.ts':
        "import type { Policy } from '../policy/policy';\nexport type Clock = Policy;\n",
      'shared/policy/policy.ts': 'export type Policy = number;\n',
    });

    const { status, lines } = check('check-rooms.mjs', tree);

    expect(status).toBe(1);
    expect(lines).toEqual([
      expect.stringMatching(
        /^shared\/kernel\/clock\.ts: imports shared\/policy\/policy\.ts; shared\/kernel may/,
      ),
    ]);
  });

  it('keeps the row machine free of I/O, also of its types', () => {
    plant({
      'shared/store/ports/user-store.ts': 'export type UserStore = number;\n',
      'shared/pipeline/perform.ts':
        "import type { UserStore } from '../store/ports/user-store';\nexport type Perform = UserStore;\n",
      'shared/pipeline/row/next.ts':
        "import type { UserStore } from '../../store/ports/user-store';\nimport type { Perform } from '../perform';\n" +
        'export type Next = UserStore | Perform;\n',
    });

    expect(check('check-rooms.mjs', tree).lines).toEqual([
      expect.stringContaining('next.ts: imports shared/store/ports/user-store.ts; shared/pipeline/row may'),
      expect.stringContaining('next.ts: imports shared/pipeline/perform.ts; shared/pipeline/row may'),
    ]);
  });

  it('finds a file of more than 300 lines, a test of more than 350, and a folder of more than 20 files', () => {
    const one = 'export const one = 1;\n';
    const names = Array.from({ length: 21 }, (_, number) => `shared/words/word-${number}.ts`);
    plant(Object.fromEntries(names.slice(1).map((name) => [name, one])));
    plant({ 'shared/kernel/long.ts': one.repeat(300) });
    plant({ 'test/unit/long.test.ts': one.repeat(350) });
    expect(check('check-rooms.mjs', tree)).toEqual({ status: 0, lines: [] });

    plant({ 'shared/words/word-0.ts': one, 'shared/kernel/long.ts': one.repeat(301) });
    plant({
      'test/unit/long.test.ts': one.repeat(351),
      'packages/graph-emulator/test/a.test.ts': one.repeat(352),
    });

    expect(check('check-rooms.mjs', tree)).toEqual({
      status: 1,
      lines: [
        'shared/kernel/long.ts: 301 lines; a file has at most 300',
        'packages/graph-emulator/test/a.test.ts: 352 lines; a file has at most 350',
        'test/unit/long.test.ts: 351 lines; a file has at most 350',
        'shared/words: 21 files; a folder has at most 20 at one level',
      ],
    });
  });

  it('finds a circle that only types make, and names its files', () => {
    plant({
      'shared/policy/a.ts': "import type { B } from './b';\nexport type A = B | 1;\n",
      'shared/policy/b.ts': "import type { C } from './c';\nexport type B = C | 2;\n",
      'shared/policy/c.ts': "import type { A } from './a';\nexport type C = A | 3;\n",
      'shared/policy/d.ts': "import type { A } from './a';\nexport type D = A;\n",
    });

    const { status, lines } = check('check-rooms.mjs', tree);

    expect(status).toBe(1);
    expect(lines).toHaveLength(1);
    expect(lines[0]).toMatch(/^circle of imports: /);
    for (const name of ['a', 'b', 'c']) expect(lines[0]).toContain(`shared/policy/${name}.ts`);
    expect(lines[0]).not.toContain('d.ts');
  });

  it('follows an import by a package’s name', () => {
    plant({
      'packages/graph-emulator/src/start-graph.ts': 'export const port = 1;\n',
      'shared/graph/client.ts':
        "import { port } from '@auto-licenser/graph-emulator';\nexport const here = port;\n",
    });

    expect(check('check-rooms.mjs', tree)).toEqual({
      status: 1,
      lines: [expect.stringContaining('client.ts: imports packages/graph-emulator/src/start-graph.ts')],
    });
  });

  it('finds a file that stands in no room', () => {
    plant({ 'shared/elsewhere/new.ts': 'export const one = 1;\n' });

    expect(check('check-rooms.mjs', tree)).toEqual({
      status: 1,
      lines: [expect.stringContaining('shared/elsewhere/new.ts: no room')],
    });
  });
});

describe('scripts/check-words.mjs', () => {
  beforeEach(() => {
    execFileSync('git', ['init', '--quiet', tree]);
  });
  const words = (...paths: string[]) => check('check-words.mjs', `--root=${tree}`, ...paths);

  it('finds each word with its line and what to write instead, in code and in docs', () => {
    // Written in parts: this file is checked as well.
    plant({
      'a.ts': `// fine\n// No${'body'} comes.\nexport const text = 'for so ${'long'}';\n`,
      'docs/b.md': `Who${'ever'} asks.\n`,
    });

    const { status, lines } = words();

    expect(status).toBe(1);
    expect(lines).toEqual([
      `a.ts:2: "No${'body'}": no user, no process, no operator`,
      expect.stringMatching(/^a\.ts:3: "for so/),
      expect.stringMatching(/^docs\/b\.md:1: "Who/),
    ]);
    expect(words('docs').lines).toHaveLength(1);
  });

  it('passes plain words, and words that only look alike', () => {
    plant({ 'a.ts': '// Recommended: amended, recommends. As long as it lasts. A body of no use.\n' });

    expect(words()).toEqual({ status: 0, lines: [] });
  });
});
