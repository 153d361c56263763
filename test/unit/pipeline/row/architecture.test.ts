import { readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { join, sep } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { renderRowMachine } from '../../../support/row/row-table';

const page = join(__dirname, '../../../../docs/architecture.md');
const begin = '<!-- The row machine: written by UPDATE_PAGES=1 npm run test:unit -- architecture -->';
const end = '<!-- end of the row machine -->';

describe('docs/architecture.md', () => {
  it('shows the row machine as it is', () => {
    const text = readFileSync(page, 'utf8');
    const [head = '', rest = ''] = text.split(begin);
    const wanted = `${head}${begin}\n\n${renderRowMachine()}\n\n${end}${rest.split(end)[1] ?? ''}`;
    if (process.env['UPDATE_PAGES']) writeFileSync(page, wanted);
    expect(readFileSync(page, 'utf8')).toBe(wanted);
  });

  it('names files that are there', () => {
    const root = join(__dirname, '../../../..');
    const sources = ['shared', 'functions', 'cli', 'local', 'packages', 'bench', 'demo'].flatMap((top) =>
      readdirSync(join(root, top), { recursive: true, encoding: 'utf8' })
        .filter((file) => !/(^|[\\/])(node_modules|dist)[\\/]/.test(file))
        .map((file) => `/${top}/${file.split(sep).join('/')}`),
    );
    const named = [...readFileSync(page, 'utf8').matchAll(/`([\w./-]+\.ts)`/g)].map(([, path = '']) => path);

    expect(named.length).toBeGreaterThan(20);
    expect(named.filter((path) => !sources.some((file) => file.endsWith(`/${path}`)))).toEqual([]);
  });

  it('lists every cache of a process', () => {
    const list = readFileSync(page, 'utf8').split('## What a process remembers')[1]?.split('\n## ')[0] ?? '';
    const shared = join(__dirname, '../../../../shared');
    const caches = readdirSync(shared, { recursive: true, encoding: 'utf8' })
      .map((file) => file.split(sep).join('/'))
      // What follows from its key alone is never too old.
      .filter((file) => file.endsWith('.ts') && !/^(kernel|policy)\//.test(file))
      .filter((file) => /\bremember(ByKey)?\(/.test(readFileSync(join(shared, file), 'utf8')));

    expect(caches.length).toBeGreaterThan(5);
    for (const file of caches) expect(list).toContain(file.replace('pipeline/', ''));
  });
});
