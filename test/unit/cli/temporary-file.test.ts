import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setImmediate } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { writePrivateFile } from '../../../cli/write-private-file';
import { writeTenantFile } from '../../../cli/write-tenant-file';

let folder: string;
let path: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'licenser-temporary-'));
  path = join(folder, 'copy.ndjson');
});
afterEach(() => {
  jest.restoreAllMocks();
  rmSync(folder, { recursive: true, force: true });
});

/** The file is opened beside the reading of the lines. */
async function untilThere(): Promise<readonly string[]> {
  while (readdirSync(folder).length === 0) await setImmediate();
  return readdirSync(folder);
}

/** No process has this number. */
const gone = String(2 ** 30);

describe('files that are being written', () => {
  it.each(['SIGINT', 'SIGTERM'] as const)('are gone when %s ends the process', async (signal) => {
    const ended: unknown[] = [];
    let during: readonly string[] = [];
    let after: readonly string[] = [];
    const lines = async function* () {
      yield { type: 'user', id: 'one' };
      during = await untilThere();
      const kill = jest.spyOn(process, 'kill').mockImplementation((...args) => {
        ended.push(args);
        return true;
      });
      process.emit(signal, signal);
      kill.mockRestore();
      after = readdirSync(folder);
      throw new Error('the process would be gone by now');
    };

    await expect(writeTenantFile(path, lines(), (line) => line)).rejects.toThrow('gone by now');

    expect(during.length).toBeGreaterThan(0);
    expect(after).toEqual([]);
    expect(ended).toEqual([[process.pid, signal]]);
    expect(process.listenerCount(signal)).toBe(0);
  });

  it('stay where the command ends itself on a signal: they go when it does', async () => {
    const end = () => undefined;
    process.on('SIGINT', end);
    let after = 0;
    const lines = async function* () {
      yield { type: 'user', id: 'one' };
      await untilThere();
      process.emit('SIGINT', 'SIGINT');
      after = readdirSync(folder).length;
      throw new Error('ended');
    };

    await expect(writeTenantFile(path, lines(), (line) => line)).rejects.toThrow('ended');
    process.off('SIGINT', end);

    expect(after).toBeGreaterThan(0);
    expect(readdirSync(folder)).toEqual([]);
  });

  it('that a killed process has left are deleted by the next one that writes the same file, and no others', async () => {
    const left = [
      `copy.ndjson.${gone}.0a1b2c3d.new`,
      `copy.ndjson.${gone}.0a1b2c3d.first`,
      `copy.ndjson.${gone}.0a1b2c3d.first.${gone}.4e5f6a7b.new`,
    ];
    const others = [
      // Of a process that runs, of another file, and what a person has named so.
      `copy.ndjson.${String(process.ppid)}.0a1b2c3d.new`,
      `copy.ndjson.gz.${gone}.0a1b2c3d.new`,
      'copy.ndjson.new',
    ];
    for (const name of [...left, ...others]) writeFileSync(join(folder, name), 'Ann');

    await writePrivateFile(path, 'text');

    expect(readdirSync(folder).sort()).toEqual(['copy.ndjson', ...others].sort());
  });
});
