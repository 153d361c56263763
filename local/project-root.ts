import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';

/** The folder of package.json and host.json, from the sources and from dist/ alike. */
export function projectRoot(): string {
  for (let folder = __dirname; ; folder = dirname(folder)) {
    if (existsSync(join(folder, 'host.json')) && existsSync(join(folder, 'package.json'))) return folder;
    if (dirname(folder) === folder) throw new Error('host.json was not found above the program');
  }
}
