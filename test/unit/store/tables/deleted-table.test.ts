import { RestError } from '@azure/data-tables';
import type { TableClient } from '@azure/data-tables';
import { describe, expect, it } from '@jest/globals';
import { ConcurrencyError } from '../../../../shared/kernel/errors';
import { silentLogger } from '../../../../shared/kernel/logger';
import { AzureTable } from '../../../../shared/store/tables/table-access';
import { ManualClock } from '../../../support/manual-clock';

const refused = (statusCode: number, code: string) =>
  Object.assign(new RestError(code, { statusCode, code }), { details: { odataError: { code } } });

/** A table that a person can delete while the app runs. */
function makeTable() {
  const calls: string[] = [];
  const service = { exists: false, rows: new Set<string>() };
  const client = {
    tableName: 'users',
    createTable: async () => {
      calls.push('createTable');
      service.exists = true;
    },
    createEntity: async ({ rowKey }: { rowKey: string }) => {
      calls.push(`create ${rowKey}`);
      if (!service.exists) throw refused(404, 'TableNotFound');
      if (service.rows.has(rowKey)) throw refused(409, 'EntityAlreadyExists');
      service.rows.add(rowKey);
      return { etag: '"1"' };
    },
  } as unknown as TableClient;
  const read = () => Promise.reject(refused(404, service.exists ? 'ResourceNotFound' : 'TableNotFound'));
  const options = { clock: new ManualClock(), random: () => 0.5, logger: silentLogger, budgetMs: 1_000 };
  const table = new AzureTable(client, options, { row: read, page: read });
  return {
    service,
    calls,
    table,
    write: (rowKey: string) => table.write({ partitionKey: 'p', rowKey }, null),
  };
}

describe('a table', () => {
  it('is made by the first write, and not again by the next', async () => {
    const { calls, write } = makeTable();

    await write('a');
    await write('b');

    expect(calls).toEqual(['createTable', 'create a', 'create b']);
  });

  it('that was deleted while the app runs is made anew by the next write', async () => {
    const { calls, service, table, write } = makeTable();
    await write('a');
    service.exists = false;
    service.rows.clear();

    expect(await table.get('p', 'a')).toBeUndefined();
    await write('b');
    await write('c');

    expect([...service.rows]).toEqual(['b', 'c']);
    expect(calls.slice(2)).toEqual(['create b', 'createTable', 'create b', 'create c']);
  });

  it('that refuses for another reason is not asked twice', async () => {
    const { calls, write } = makeTable();
    await write('a');

    await expect(write('a')).rejects.toBeInstanceOf(ConcurrencyError);

    expect(calls).toEqual(['createTable', 'create a', 'create a']);
  });
});
