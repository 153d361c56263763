import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { personalTables } from '../../../shared/store/tables/rows/table-personal-rows';
import { loadConfig } from '../../../shared/config/config';

const root = join(__dirname, '..', '..', '..');
const page = readFileSync(join(root, 'docs', 'security.md'), 'utf8');
const threats = [...page.matchAll(/^\| ([^|]+) \| [^|]+ \| `([^`|]+\.test\.ts)`: ?([^|]*) \|$/gm)].map(
  ([, threat = '', path = '', name = '']) => [threat, path, name.trim()] as const,
);

describe('docs/security.md', () => {
  it('has a test for every threat', () => {
    const section = page.slice(page.indexOf('## Threats'), page.indexOf('## What is not protected'));
    const rows = section.split('\n').filter((line) => line.startsWith('| ')).length;

    // But the heads of the table.
    expect(threats.length).toBe(rows - 2);
    expect(threats.length).toBeGreaterThan(25);
  });

  it.each(threats)('%s: the test is there', (_, path, name) => {
    expect(existsSync(join(root, path))).toBe(true);
    expect(readFileSync(join(root, path), 'utf8')).toContain(name);
  });

  it('says of every table with rows of people how long they are kept, and gives the defaults that the code has', () => {
    const section = page.slice(page.indexOf('## What is kept of people'));
    const { kept } = loadConfig({
      ServiceBusConnection__fullyQualifiedNamespace: 'x.servicebus.windows.net',
      LICENSER_TENANT_ID: 'aaaaaaaa-0000-4000-8000-000000000001',
      LICENSER_TABLES_ENDPOINT: 'https://account.table.core.windows.net',
    });

    expect(section).toContain(`\`LICENSER_HISTORY_DAYS\` (${String(kept.historyMs / 86_400_000)})`);
    expect(section).toContain(`\`LICENSER_LEAVER_DAYS\` (${String(kept.leaversMs / 86_400_000)})`);
    const named = ['users', 'times', 'audit'];
    const others = Object.entries(personalTables).filter(([, kind]) => typeof kind === 'object');
    for (const table of named) expect(section).toContain(`\`${table}\``);
    for (const [table, kind] of others) {
      if (typeof kind === 'object' && kind.why.includes('deleted after'))
        expect(section).toContain(`\`${table}\``);
    }
  });
});
