import { createRequire } from 'node:module';
import { expect, it } from '@jest/globals';

const load = createRequire(__filename);

// The ways to sign in are 190 modules, a fifth of a second of a processor; the embedded cloud needs none of them.
it.each(['sku/list', 'plan', 'apply', 'queue/status'])(
  'licenser %s begins without loading how one signs in to Azure',
  (command) => {
    load(`../../../cli/commands/${command}`);

    const loaded = Object.keys(require.cache);
    expect(loaded.some((path) => path.endsWith('target.ts'))).toBe(true);
    expect(loaded.filter((path) => /[\\/]@azure[\\/](identity|msal-node)[\\/]/.test(path))).toEqual([]);
  },
);
