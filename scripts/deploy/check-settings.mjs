// Further app settings, judged before they are deployed: by the app's own reader, and by the settings that infra/ makes.
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { WrongChoice } from './merge-choices.mjs';

/** What the reader cannot do without; the deployment sets the real ones. */
const needed = {
  LICENSER_TENANT_ID: '00000000-0000-4000-8000-000000000001',
  LICENSER_CLIENT_STATE: 'made-by-the-deployment',
  LICENSER_TABLES_ENDPOINT: 'https://account.table.core.windows.net',
  ServiceBusConnection__fullyQualifiedNamespace: 'namespace.servicebus.windows.net',
};

/**
 * @param {string} root the project, built
 * @param {Record<string, string>} settings by name
 * @throws {WrongChoice} a setting that infra/ makes itself, that the app does not have, or with a value that it refuses
 */
export function checkSettings(root, settings) {
  const template = readFileSync(join(root, 'infra', 'modules', 'app-settings.bicep'), 'utf8');
  const made = new Set([...template.matchAll(/^ +([A-Z]\w+): /gm)].map(([, name]) => name));
  const page = readFileSync(join(root, 'docs', 'settings.md'), 'utf8');
  const known = new Set([...page.matchAll(/^\| `(\w+)` \|/gm)].map(([, name]) => name));
  for (const name of Object.keys(settings)) {
    if (made.has(name))
      throw new WrongChoice(
        `--setting ${name}: the deployment sets it from another option, see docs/settings.md`,
      );
    // Misspelt, it would change nothing and say nothing.
    if (name.startsWith('LICENSER_') && !known.has(name))
      throw new WrongChoice(`--setting ${name}: the app has no such setting, see docs/settings.md`);
  }
  const { loadConfig } = createRequire(join(root, 'package.json'))('./dist/shared/config/config.js');
  try {
    loadConfig({ ...needed, ...settings });
  } catch (error) {
    throw new WrongChoice(`--setting: ${error.message}`, { cause: error });
  }
}
