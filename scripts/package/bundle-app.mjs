// One file for all functions: a cold start of any of them reads it instead of a thousand modules.
import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { build } from 'esbuild';

/** Every file of functions/ registers itself. */
function entryOf(root) {
  return readdirSync(join(root, 'functions'))
    .filter((name) => name.endsWith('.ts'))
    .sort()
    .map((name) => `import './functions/${name.slice(0, -3)}';`)
    .join('\n');
}

/** Packages that shared/observe loads on demand, by import(). */
const onDemand = /^@(opentelemetry|azure\/monitor-opentelemetry-exporter)(\/|$)/;
const telemetryFile = './telemetry.js';

/**
 * Two savings that esbuild cannot know of. What is imported on demand goes into a file of its own, so that an app that
 * exports nothing never reads it. zod's messages in fifty languages are left out: the app uses English, which zod
 * imports by itself.
 *
 * @param {Set<string>} loadedOnDemand gets the names of the packages that belong into the other file
 */
function savings(loadedOnDemand) {
  return {
    name: 'savings',
    setup(plugins) {
      plugins.onResolve({ filter: /locales\/index\.js$/ }, ({ resolveDir }) =>
        /[\\/]zod[\\/]/.test(resolveDir) ? { path: 'zod-locales', namespace: 'empty' } : undefined,
      );
      plugins.onLoad({ filter: /.*/, namespace: 'empty' }, () => ({ contents: 'export {};', loader: 'js' }));
      plugins.onResolve({ filter: onDemand }, ({ kind, path }) => {
        if (kind !== 'dynamic-import') return undefined;
        loadedOnDemand.add(path);
        return { path, namespace: 'on-demand' };
      });
      plugins.onLoad({ filter: /.*/, namespace: 'on-demand' }, ({ path }) => ({
        contents: `module.exports = require('${telemetryFile}')[${JSON.stringify(path)}];`,
        loader: 'js',
      }));
      plugins.onResolve({ filter: /^\.\/telemetry\.js$/ }, () => ({ path: telemetryFile, external: true }));
    },
  };
}

/**
 * @param {string} root the project
 * @returns {Promise<{ files: Record<string, Uint8Array>, maps: Record<string, Uint8Array>, packages: string[] }>}
 *   files and maps: by name; packages: folders under node_modules of which something is in the files
 * @throws esbuild's BuildFailure when the sources do not compile
 */
export async function bundleApp(root) {
  const shared = {
    absWorkingDir: root,
    write: false,
    bundle: true,
    metafile: true,
    platform: 'node',
    // The oldest that the embedded functions host runs on; Azure runs 22 or 24.
    target: 'node20.19',
    format: 'cjs',
    // Names stay: errors are told apart by the names of their classes. Shorter ones would save 0.1 MB in the zip, and
    // what keeps names beside short ones (keepNames) costs a fifth of the load time.
    minifyWhitespace: true,
    minifySyntax: true,
    sourcemap: 'external',
    sourcesContent: false,
    legalComments: 'none',
    // The worker supplies it: https://github.com/Azure/azure-functions-nodejs-worker, src/setupCoreModule.ts
    external: ['@azure/functions-core'],
    logLevel: 'error',
  };
  const entry = (contents, sourcefile) => ({ contents, resolveDir: root, sourcefile, loader: 'ts' });
  const loadedOnDemand = new Set();
  const app = await build({
    ...shared,
    stdin: entry(entryOf(root), 'functions.ts'),
    outfile: 'main.js',
    plugins: [savings(loadedOnDemand)],
  });
  const telemetry = await build({
    ...shared,
    stdin: entry(
      [...loadedOnDemand]
        .sort()
        .map((name) => `exports[${JSON.stringify(name)}] = require(${JSON.stringify(name)});`)
        .join('\n'),
      'telemetry.js',
    ),
    outfile: 'telemetry.js',
  });
  const built = [app, telemetry];
  const outputs = built.flatMap(({ outputFiles }) => outputFiles);
  const named = (ending) =>
    Object.fromEntries(
      outputs
        .filter(({ path }) => path.endsWith(ending))
        .map(({ path, contents }) => [path.split(/[\\/]/).at(-1), contents]),
    );
  const packages = new Set(
    built.flatMap(({ metafile }) =>
      Object.keys(metafile.inputs).flatMap((path) => {
        const [found] = /^.*node_modules\/(?:@[^/]+\/)?[^/]+/.exec(path) ?? [];
        return found === undefined ? [] : [found];
      }),
    ),
  );
  return { files: named('.js'), maps: named('.js.map'), packages: [...packages].sort() };
}

/**
 * @param {string} root the project
 * @param {readonly string[]} packages folders, from the project's
 * @returns {string} name, version, license and license text of each, as their licenses ask for in a copy
 */
export function noticesOf(root, packages) {
  const notices = packages.map((folder) => {
    const { name, version, license } = JSON.parse(readFileSync(join(root, folder, 'package.json'), 'utf8'));
    const text = readdirSync(join(root, folder))
      .filter((file) => /^(licen[cs]e|notice)/i.test(file))
      .sort()
      .map((file) => readFileSync(join(root, folder, file), 'utf8').trim());
    return [`${name} ${version} (${license})`, ...text].join('\n\n');
  });
  return `${['What the code of this package holds beside the licenser itself.', ...notices].join(`\n\n${'-'.repeat(80)}\n\n`)}\n`;
}
