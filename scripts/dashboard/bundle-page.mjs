// Bundles dashboard/ into files whose names hold their hash, each also compressed, for the function ops-page.
import { createRequire } from 'node:module';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join, relative, sep } from 'node:path';
import { brotliCompressSync, constants, gzipSync } from 'node:zlib';
import { build } from 'esbuild';
import { readRunbook } from './read-runbook.mjs';

/** What a browser loads before the first view is drawn: index.html, the script with what it imports, the style. Bytes of gzip. */
const largestFirstLoad = 110_000;
const base = '/api/ui';

/** The page asks for more than it may. */
export class PageTooLarge extends Error {
  name = 'PageTooLarge';
}

/** Method and path of each route of the ops API, from the declarations that the server works by. */
function routeTable(compiled) {
  const require = createRequire(import.meta.url);
  const { routesByName } = require(join(compiled, 'shared', 'ops-api', 'routes', 'all-routes.js'));
  return Object.fromEntries(
    Object.entries(routesByName).flatMap(([room, routes]) =>
      Object.entries(routes).map(([name, { method, path }]) => [`${room}.${name}`, `${method} ${path}`]),
    ),
  );
}

/** Modules that are made, not written. */
function made(root, compiled) {
  const sources = {
    'made:routes': () => ({ table: routeTable(compiled) }),
    'made:runbook': () => ({ sections: readRunbook(readFileSync(join(root, 'docs', 'runbook.md'), 'utf8')) }),
  };
  return {
    name: 'made',
    setup(plugins) {
      plugins.onResolve({ filter: /^made:/ }, ({ path }) => ({ path, namespace: 'made' }));
      plugins.onLoad({ filter: /.*/, namespace: 'made' }, ({ path }) => ({
        contents: JSON.stringify(sources[path]()),
        loader: 'json',
      }));
    },
  };
}

function compressed(contents) {
  return {
    '.br': brotliCompressSync(contents, { params: { [constants.BROTLI_PARAM_QUALITY]: 11 } }),
    '.gz': gzipSync(contents, { level: 9 }),
  };
}

/** The script and everything that it imports at once, not on demand. */
function firstScripts(outputs, entry) {
  const found = new Set();
  const visit = (path) => {
    if (found.has(path)) return;
    found.add(path);
    for (const { path: next, kind } of outputs[path].imports) {
      if (kind === 'import-statement') visit(next);
    }
  };
  visit(entry);
  return [...found];
}

/**
 * Writes the page into `out`: index.html and assets/, each as .br and .gz alone, and packages.json, which names
 * the folders under node_modules of which something is in it.
 *
 * @param {string} root the project
 * @param {string} compiled the compiled product, whose routes the page calls
 * @param {string} out folder
 * @returns {Promise<{ firstLoad: number }>} bytes of gzip
 * @throws {PageTooLarge} the first load is larger than promised
 */
export async function bundlePage(root, compiled, out) {
  const { metafile, outputFiles } = await build({
    absWorkingDir: root,
    entryPoints: { page: 'dashboard/main.tsx' },
    outdir: out,
    write: false,
    bundle: true,
    splitting: true,
    format: 'esm',
    target: 'es2022',
    minify: true,
    metafile: true,
    entryNames: 'assets/[name]-[hash]',
    chunkNames: 'assets/[name]-[hash]',
    legalComments: 'none',
    jsx: 'automatic',
    jsxImportSource: 'preact',
    plugins: [made(root, compiled)],
    logLevel: 'error',
  });
  const outputs = Object.fromEntries(
    Object.entries(metafile.outputs).map(([path, facts]) => [
      relative(out, join(root, path)).split(sep).join('/'),
      {
        ...facts,
        imports: facts.imports.map((one) => ({ ...one, path: relative(out, join(root, one.path)) })),
      },
    ]),
  );
  const files = Object.fromEntries(
    outputFiles.map(({ path, contents }) => [relative(out, path).split(sep).join('/'), contents]),
  );
  const [script] = Object.keys(outputs).filter((name) => /\/page-[^/]+\.js$/.test(name));
  const [style] = Object.keys(outputs).filter((name) => /\/page-[^/]+\.css$/.test(name));
  const html = readFileSync(join(root, 'dashboard', 'index.html'), 'utf8')
    .replace('%SCRIPT%', `${base}/${script}`)
    .replace('%STYLE%', `${base}/${style}`);
  let firstLoad = gzipSync(html).length;
  const first = new Set([style, ...firstScripts(outputs, script)]);
  for (const [name, contents] of Object.entries(files)) {
    mkdirSync(dirname(join(out, name)), { recursive: true });
    for (const [ending, bytes] of Object.entries(compressed(contents))) {
      writeFileSync(join(out, `${name}${ending}`), bytes);
      if (ending === '.gz' && first.has(name)) firstLoad += bytes.length;
    }
  }
  writeFileSync(join(out, 'index.html'), html);
  writeFileSync(join(out, 'packages.json'), JSON.stringify(packagesOf(metafile)));
  if (firstLoad > largestFirstLoad) {
    throw new PageTooLarge(
      `The first load of the ops page has ${firstLoad} bytes compressed; ${largestFirstLoad} are promised.`,
    );
  }
  return { firstLoad };
}

function packagesOf({ inputs }) {
  const found = Object.keys(inputs).flatMap((path) => {
    const [folder] = /^.*node_modules\/(?:@[^/]+\/)?[^/]+/.exec(path) ?? [];
    return folder === undefined ? [] : [folder];
  });
  return [...new Set(found)].sort();
}
