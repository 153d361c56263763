import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';

/** How a file may be sent, the smallest first. */
export const encodings = ['br', 'gzip', 'identity'] as const;
export type Encoding = (typeof encodings)[number];
const endings = { br: '.br', gzip: '.gz' } as const;

export type PageFile = {
  readonly contentType: string;
  readonly bytes: Readonly<Record<Encoding, Uint8Array>>;
};

/** The built ops page: `index.html` with its places for settings, and the files whose names hold their hash. */
export type Page = {
  readonly html: string;
  /** By name, such as `page-ABCD.js`. */
  readonly assets: ReadonlyMap<string, PageFile>;
};

const contentTypes: Readonly<Record<string, string>> = {
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
};

/** Where the page lies: beside the bundle in a package, in `dist/dashboard` of a build. undefined: it was not built. */
export function findPageFolder(here: string = __dirname): string | undefined {
  const places = [join(here, 'dashboard'), join(here, '..', '..', 'dashboard')];
  return places.find((place) => existsSync(join(place, 'index.html')));
}

/**
 * Reads all of the page at once: it is small, and each process serves it from memory. Files lie there compressed alone, as nearly
 * everyone asks for them: as they are they would be a fifteenth of what is deployed.
 */
export function readPage(folder: string): Page {
  const assets = new Map<string, PageFile>();
  for (const file of readdirSync(join(folder, 'assets'))) {
    if (!file.endsWith(endings.gzip)) continue;
    const name = file.slice(0, -endings.gzip.length);
    const contentType = contentTypes[/\.\w+$/.exec(name)?.[0] ?? ''];
    if (contentType === undefined) continue;
    const gzip = readFileSync(join(folder, 'assets', file));
    const br = readFileSync(join(folder, 'assets', `${name}${endings.br}`));
    assets.set(name, { contentType, bytes: { br, gzip, identity: gunzipSync(gzip) } });
  }
  return { html: readFileSync(join(folder, 'index.html'), 'utf8'), assets };
}
