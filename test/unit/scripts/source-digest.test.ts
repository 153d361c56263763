import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, expect, it } from '@jest/globals';

const root = join(__dirname, '..', '..', '..');
const folder = mkdtempSync(join(tmpdir(), 'digest-'));
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const write = (path: string, text: string) => {
  mkdirSync(join(folder, path, '..'), { recursive: true });
  writeFileSync(join(folder, path), text);
};

it('what a build was made of is another thing after a change of a source, a setting, or the installed packages', () => {
  write('shared/a.ts', '1');
  write('tsconfig.json', '{}');
  write('node_modules/.package-lock.json', '{"packages":{"node_modules/preact":{"version":"10.0.0"}}}');
  const changes = [
    ['README.md', 'not part of it'],
    ['shared/a.ts', '2'],
    ['shared/more/b.ts', '1'],
    ['tsconfig.json', '{ }'],
    ['node_modules/.package-lock.json', '{"packages":{"node_modules/preact":{"version":"10.0.1"}}}'],
  ] as const;
  const code = `
    import { writeFileSync, mkdirSync } from 'node:fs';
    import { dirname, join } from 'node:path';
    import { sourceDigest } from '${join(root, 'scripts', 'source-digest.mjs')}';
    const [folder, changes] = process.argv.slice(1);
    const digest = () => sourceDigest(folder, ['shared', 'absent'], ['tsconfig.json']);
    const digests = [digest()];
    for (const [path, text] of JSON.parse(changes)) {
      mkdirSync(dirname(join(folder, path)), { recursive: true });
      writeFileSync(join(folder, path), text);
      digests.push(digest());
    }
    process.stdout.write(JSON.stringify(digests));`;

  const [first, afterReadme, ...others] = JSON.parse(
    execFileSync(process.execPath, ['--input-type=module', '-e', code, folder, JSON.stringify(changes)], {
      encoding: 'utf8',
    }),
  ) as string[];

  expect(afterReadme).toBe(first);
  expect(new Set([first, ...others]).size).toBe(changes.length);
});
