import { readFileSync } from 'node:fs';
import Module, { createRequire } from 'node:module';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { z } from 'zod';
import { UserError, ensureError } from '../../../emulator-kit/src/errors';
import { findEntryPoints } from './entry-points';
import type { FunctionRegistry } from './function-registry';

const coreModule = '@azure/functions-core';
const Package = z.object({ main: z.string().min(1).optional(), type: z.string().optional() });

type ModuleLoader = { _load: (request: string, ...rest: unknown[]) => unknown };

/** From now on `require('@azure/functions-core')` gives `api`, as the real worker arranges it. */
function supplyCoreModule(api: unknown): void {
  const loader = Module as unknown as ModuleLoader;
  const load = loader._load;
  loader._load = function (this: unknown, request: string, ...rest: unknown[]) {
    return request === coreModule ? api : load.apply(this, [request, ...rest]);
  };
}

function readPackage(appRoot: string): z.infer<typeof Package> {
  const path = join(appRoot, 'package.json');
  try {
    return Package.parse(JSON.parse(readFileSync(path, 'utf8')));
  } catch (cause) {
    throw new UserError('functions-host/no-package', `${path} cannot be read as a package of functions`, {
      hint: 'Name the folder of the app with --app-root.',
      cause,
    });
  }
}

/**
 * Loads an app the way the Node.js worker does: every file that package.json's `main` names, by `require` or
 * `import` (.mjs, or "type": "module"), in alphabetical order. A file that throws stops the whole app.
 */
export async function loadApp(appRoot: string, registry: FunctionRegistry): Promise<void> {
  const { main, type } = readPackage(appRoot);
  const files = main === undefined ? [] : findEntryPoints(appRoot, main);
  if (files.length === 0) {
    throw new UserError(
      'functions-host/no-entry-point',
      `No file matches "main": "${main ?? ''}" in ${appRoot}`,
      {
        hint: 'Build the app first (npm run build), or correct "main" in its package.json.',
      },
    );
  }
  supplyCoreModule(registry.coreApi());
  const require = createRequire(join(appRoot, 'package.json'));
  for (const file of files) {
    const isModule = file.endsWith('.mjs') || (type === 'module' && !file.endsWith('.cjs'));
    try {
      if (isModule) await import(pathToFileURL(file).href);
      else require(file);
    } catch (cause) {
      throw new UserError(
        'functions-host/entry-point',
        `${file} failed while it was loaded: ${ensureError(cause).message}`,
        {
          cause,
        },
      );
    }
  }
  await registry.runHooks('appStart', { hookData: {} });
  const capabilities = (await registry.model?.getCapabilities?.({})) ?? {};
  if (capabilities['HttpUri'] !== undefined) {
    throw new UserError('functions-host/http-stream', 'The local functions host does not stream HTTP', {
      hint: 'Remove enableHttpStream from app.setup.',
    });
  }
  if (registry.functions.size === 0) {
    throw new UserError('functions-host/no-functions', `No function was registered by ${files.join(', ')}`);
  }
  registry.close();
}
