import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it, jest } from '@jest/globals';
import { load } from './load';

type Transformer = {
  process: (text: string, path: string, options: object) => { readonly code: string };
  getCacheKey: (text: string, path: string, options: object) => string;
};
type Plan = {
  readonly mutant?: { readonly file: string; readonly text: string };
  readonly reachedFolder?: string;
};

const root = '/project';
const folder = mkdtempSync(join(tmpdir(), 'transform-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
const swcOptions = { swcrc: false, jsc: { parser: { syntax: 'typescript' }, target: 'es2022' } };
const jestOptions = {
  config: { rootDir: root },
  configString: '',
  instrument: false,
  supportsStaticESM: false,
};

/** What jest makes of a file under a plan. */
function under(plan: Plan) {
  const file = join(folder, 'plan.json');
  writeFileSync(file, JSON.stringify({ root, tests: [], resultsFile: '', ...plan }));
  const transformed = (path: string, text: string) => {
    let made: { readonly code: string; readonly key: string } | undefined;
    const before = process.env['LICENSER_MUTATION_PLAN'];
    process.env['LICENSER_MUTATION_PLAN'] = file;
    jest.isolateModules(() => {
      const { createTransformer } = load<{ createTransformer: (options: object) => Transformer }>(
        'jest/transform.js',
      );
      const transformer = createTransformer(swcOptions);
      const { code } = transformer.process(text, join(root, path), jestOptions);
      made = {
        code: code.split('//# sourceMappingURL')[0] ?? '',
        key: transformer.getCacheKey(text, join(root, path), jestOptions),
      };
    });
    if (before === undefined) delete process.env['LICENSER_MUTATION_PLAN'];
    else process.env['LICENSER_MUTATION_PLAN'] = before;
    return made ?? { code: '', key: '' };
  };
  return {
    source: transformed('shared/a.ts', 'export const is = (a: number) => a > 1;'),
    other: transformed('shared/b.ts', 'export const b = 1;'),
  };
}

describe('jest’s transform', () => {
  const plain = under({});
  const mutated = under({
    mutant: { file: 'shared/a.ts', text: 'export const is = (a: number) => a >= 1;' },
  });
  const reached = under({ reachedFolder: folder });

  it('puts a mutant in the place of its file, and leaves all others as they are', () => {
    expect(plain.source.code).toContain('a > 1');
    expect(mutated.source.code).toContain('a >= 1');
    expect(mutated.other).toEqual(plain.other);
  });

  it('has a place of its own in the cache for each mutant, and shares that of all other files', () => {
    const another = under({ mutant: { file: 'shared/a.ts', text: 'export const is = () => true;' } });

    expect(new Set([plain, mutated, reached, another].map(({ source }) => source.key)).size).toBe(4);
    expect(mutated.other.key).toBe(plain.other.key);
  });

  it('notes what is reached, where the plan asks for it', () => {
    expect(reached.source.code).toContain('noteReached(1)');
    expect(plain.source.code).not.toContain('noteReached');
  });
});
