import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import data from '@auto-licenser/graph-emulator/permission-data.json';
import { graphCalls } from '../../../shared/graph/permissions';

const root = join(__dirname, '..', '..', '..');
const page = readFileSync(join(root, 'docs', 'permissions.md'), 'utf8');
const roles = readFileSync(join(root, 'infra', 'roles.bicep'), 'utf8');

describe('docs/permissions.md', () => {
  it('grants a permission for every call that the product makes, and no other permission', () => {
    const granted = [...page.matchAll(/^\| `([\w.]+)` \| `[0-9a-f-]{36}` \|/gm)].map(([, name]) => name);

    expect(new Set(graphCalls.map(({ permission }) => permission))).toEqual(new Set(granted));
  });

  it.each(graphCalls.filter(({ path }) => !path.startsWith('/subscriptions')))(
    'grants what opens $method $path by Microsoft’s data',
    ({ method, path, permission }) => {
      const call = `${method} ${path.replace(/\/microsoft\.graph\.\w+$/, '')}`;

      expect(data.calls[call as keyof typeof data.calls]).toContain(permission);
    },
  );

  it('grants exactly the app roles of its table, each under its name', () => {
    const table = [...page.matchAll(/^\| `([\w.]+)` \| `([0-9a-f-]{36})` \|/gm)].map(
      ([, name, id]) => `${id} ${name}`,
    );
    const commands = [...page.matchAll(/^grant ([0-9a-f-]{36}) # ([\w.]+)$/gm)].map(
      ([, id, name]) => `${id} ${name}`,
    );

    expect(table).toHaveLength(6);
    expect(commands).toEqual(table);
  });

  it('lists the reads of the command line with the permission that the product grants for them', () => {
    const reads = [...page.matchAll(/^\| `GET (\/[^`]+)` \| `([\w.]+)` \|/gm)].map(
      ([, path, permission]) => ({
        method: 'GET',
        path,
        permission,
      }),
    );

    expect(reads.length).toBeGreaterThan(5);
    expect(graphCalls).toEqual(expect.arrayContaining(reads));
  });

  it('names every Azure role that roles.bicep can grant, and no other', () => {
    const granted = [...roles.matchAll(/^var (\w+) = '[0-9a-f-]{36}'$/gm)].map(([, name = '']) =>
      name.toLowerCase(),
    );

    const [, table = ''] = /## Azure\n([^]*?)\n\nStorage Queue/.exec(page) ?? [];
    const named = [...table.matchAll(/^\| (?:or )?([A-Z][\w ]+?) \|/gm)].flatMap(([, cell = '']) =>
      cell.replace('Receiver and Data Sender', 'Receiver|Service Bus Data Sender').split('|'),
    );
    const asVariables = named.map((name) => name.replace('Azure ', '').replaceAll(' ', '').toLowerCase());

    expect([...new Set(asVariables)].sort()).toEqual(granted.sort());
  });
});
