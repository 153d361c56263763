import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';

const root = join(__dirname, '..', '..', '..');
const lines = readFileSync(join(root, '.funcignore'), 'utf8')
  .split('\n')
  .filter((line) => line !== '' && !line.startsWith('#'));

/** Anchored patterns with `*` inside a name; all that .funcignore uses. */
function isLeftOut(path: string): boolean {
  return lines.some((line) => {
    const pattern = line
      .slice(1)
      .replace(/[.+?^${}()|[\]\\]/g, '\\$&')
      .replaceAll('*', '[^/]*');
    return new RegExp(`^${pattern}(/|$)`).test(path);
  });
}

describe('.funcignore', () => {
  it('anchors every line, so that a folder of the same name deeper down stays', () => {
    expect(lines.length).toBeGreaterThan(10);
    expect(lines.filter((line) => !line.startsWith('/'))).toEqual([]);
  });

  it.each([
    'host.json',
    'package.json',
    'dist/functions/decide.js',
    'dist/shared/wiring.js',
    'node_modules/zod/package.json',
    'node_modules/@azure/service-bus/dist/commonjs/index.js',
    'policy/licensing.yaml',
  ])('keeps %s in the package', (path) => {
    expect(isLeftOut(path)).toBe(false);
  });

  it.each([
    '.licenser/local.json',
    '.git/config',
    'local.settings.json',
    'local.settings.json.example',
    'dist/local/cloud.js',
    'dist/demo/start.js',
    'dist/packages/kit/src/clock.js',
    'node_modules/@auto-licenser/graph-emulator/package.json',
    'packages/graph-emulator/src/main.ts',
    'demo/start.ts',
    'shared/wiring.ts',
    'functions/decide.ts',
    'test/unit/infra/package-content.test.ts',
    'infra/main.bicepparam',
    'docs/deploy.md',
  ])('leaves %s out', (path) => {
    expect(isLeftOut(path)).toBe(true);
  });
});
