import fs, { appendFileSync, mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { RowFile } from '../../../../local/tables/row-file';
import type { TableChange } from '../../../../local/tables/row-file';

let folder: string;
let path: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'rows-'));
  path = join(folder, 'rows.ndjson');
});
afterEach(() => {
  jest.restoreAllMocks();
  rmSync(folder, { recursive: true, force: true });
});

const users = { account: 'local', table: 'users' };
const made: TableChange = { ...users, isMade: true };
const put = (RowKey: string): TableChange => ({
  ...users,
  row: { PartitionKey: 'u1', RowKey, properties: {}, lastModifiedTime: 'now', eTag: RowKey },
});
const read = () => [...new RowFile(path).read()].map(({ change }) => change);

describe('the file of the tables', () => {
  it('has what was noted once it is saved, for its owner alone, one line for what belongs together', () => {
    const file = new RowFile(path);
    file.note(put('before'));
    file.begin([made]);
    file.note(put('state'));
    file.note(put('ledger'));
    const unsaved = read();
    file.save();
    file.save();

    expect(unsaved).toEqual([made]);
    expect(read()).toEqual([made, put('state'), put('ledger')]);
    expect(readFileSync(path, 'utf8').trimEnd().split('\n')).toHaveLength(2);
    expect(statSync(path).mode & 0o777).toBe(0o600);
    file.close();
  });

  it('leaves out the half line of a process that was killed, and refuses what is damaged', () => {
    const file = new RowFile(path);
    file.begin([made]);
    file.close();
    appendFileSync(path, JSON.stringify([put('state'), put('ledger')]).slice(0, -9));
    expect(read()).toEqual([made]);

    appendFileSync(path, '\n');
    expect(read).toThrow(/rows\.ndjson:2 is not JSON/);
  });

  it('takes back half a line when the disk is full, and writes all of it with the next save', () => {
    const file = new RowFile(path);
    file.begin([made]);
    file.note(put('state'));
    const write = fs.writeSync as (file: number, bytes: Buffer, from: number, length?: number) => number;
    const full = jest.spyOn(fs, 'writeSync').mockImplementationOnce(((to: number, bytes: Buffer) => {
      write(to, bytes, 0, 10);
      throw new Error('ENOSPC');
    }) as unknown as typeof fs.writeSync);
    expect(() => file.save()).toThrow('ENOSPC');
    full.mockRestore();
    const between = read();
    file.note(put('ledger'));
    file.save();
    file.close();

    expect(between).toEqual([made]);
    expect(read()).toEqual([made, put('state'), put('ledger')]);
  });

  it('takes back half a line before the next save where the disk refused that, too', () => {
    const file = new RowFile(path);
    file.begin([made]);
    file.note(put('state'));
    const write = fs.writeSync as (file: number, bytes: Buffer, from: number, length?: number) => number;
    jest.spyOn(fs, 'writeSync').mockImplementationOnce(((to: number, bytes: Buffer) => {
      write(to, bytes, 0, 10);
      throw new Error('ENOSPC');
    }) as unknown as typeof fs.writeSync);
    const truncate = jest.spyOn(fs, 'ftruncateSync').mockImplementation(() => {
      throw new Error('EIO');
    });
    expect(() => file.save()).toThrow('ENOSPC');
    expect(() => file.save()).toThrow('EIO');
    truncate.mockRestore();
    file.save();
    file.close();

    expect(read()).toEqual([made, put('state')]);
  });

  it.each([
    ['an object', {}],
    ['no change', [{ foo: 1 }]],
    ['null', [null]],
    ['a table that is neither made nor dropped', [{ ...users, isMade: 'yes' }]],
    ['a row without properties', [{ ...users, row: { PartitionKey: 'u1', RowKey: 'state' } }]],
    ['a row that is gone, without a key', [{ ...users, gone: { PartitionKey: 'u1' } }]],
  ])('refuses a line that is JSON and nothing that it has written: %s', (_what, line) => {
    appendFileSync(path, `${JSON.stringify([made])}\n${JSON.stringify(line)}\n`);

    // Azurite shows the message alone.
    expect(read).toThrow(
      `${path}:2 is not a list of changes of tables (local/kept-damaged). To begin anew, delete the folder of the kept state.`,
    );
  });
});
