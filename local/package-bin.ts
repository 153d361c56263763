import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { z } from 'zod';

const Package = z.object({ bin: z.record(z.string(), z.string()) });

/**
 * The absolute path of the program that a package of this project's workspace starts with.
 * @throws when the package is not installed; `npm ci` links it.
 */
export function packageBin(root: string, name: `@auto-licenser/${string}`): string {
  const path = createRequire(join(root, 'package.json')).resolve(`${name}/package.json`);
  const { bin } = Package.parse(JSON.parse(readFileSync(path, 'utf8')));
  const [entry] = Object.values(bin);
  if (entry === undefined) throw new Error(`${path} names no bin`);
  return join(dirname(path), entry);
}
