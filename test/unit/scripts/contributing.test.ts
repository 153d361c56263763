import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { outcomes } from '../../../shared/words/outcome';

const root = join(__dirname, '..', '..', '..');
const read = (path: string) => readFileSync(join(root, path), 'utf8');

/** Paths in back quotes that name a file or folder of the project. */
function pathsIn(text: string): string[] {
  return [...text.matchAll(/`((?:[\w.-]+\/)+[\w.-]*)`/g)]
    .map(([, path]) => path ?? '')
    .filter((path) => !path.startsWith('area/') && !path.startsWith('_local/'));
}

describe('CONTRIBUTING.md', () => {
  const text = read('CONTRIBUTING.md');

  it('names files and folders that exist', () => {
    const paths = pathsIn(text);

    expect(paths.length).toBeGreaterThan(30);
    expect(paths.filter((path) => !existsSync(join(root, path)))).toEqual([]);
  });

  it('names commands that exist', () => {
    const { scripts } = JSON.parse(read('package.json')) as { scripts: Record<string, string> };
    const named = [...text.matchAll(/npm run (?:-s )?([\w:-]+)/g)].map(([, name]) => name ?? '');

    expect(named.filter((name) => !Object.hasOwn(scripts, name))).toEqual([]);
  });
});

describe('docs/words.md', () => {
  const text = read('docs/words.md');

  it('names the outcomes that there are', () => {
    const row = text.split('\n').find((line) => line.startsWith('| outcome ')) ?? '';

    expect([...row.matchAll(/`(\w+)`/g)].map(([, name]) => name).sort()).toEqual([...outcomes].sort());
  });

  it('links to pages that exist', () => {
    for (const page of ['docs/words.md', 'CONTRIBUTING.md', 'README.md']) {
      const folder = page.includes('/') ? 'docs' : '.';
      const links = [...read(page).matchAll(/\]\((?!https?:)([^)#]+)\)/g)].map(([, path]) => path ?? '');
      expect(links.filter((path) => !existsSync(join(root, folder, path)))).toEqual([]);
    }
  });
});
