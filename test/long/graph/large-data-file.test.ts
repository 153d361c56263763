import { closeSync, mkdtempSync, openSync, rmSync, statSync, writeSync } from 'node:fs';
import { constants } from 'node:buffer';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from '@jest/globals';
import { openDataFile } from '../../../packages/graph-emulator/src/data/open-data-file';
import { makeTenant } from '../../../packages/graph-emulator/src/tenant/make-tenant';

const folder = mkdtempSync(join(tmpdir(), 'large-data-'));
afterAll(() => rmSync(folder, { recursive: true }));

describe('a data file that is longer than any string can be', () => {
  it('is read, and comes down to the state that is in it', () => {
    const path = join(folder, 'data.ndjson');
    const lines = [...makeTenant({ users: 20, seed: 7 })];
    const file = openSync(path, 'w');
    for (const line of lines) writeSync(file, `${JSON.stringify(line)}\n`);
    // The same settings again and again, as a journal has them: blanks within JSON say nothing.
    const line = `{"type":"settings",${' '.repeat(16 * 1024 * 1024)}"change":{"deltaPageSize":7}}\n`;
    for (let length = 0; length < constants.MAX_STRING_LENGTH; length += line.length) writeSync(file, line);
    closeSync(file);
    expect(statSync(path).size).toBeGreaterThan(constants.MAX_STRING_LENGTH);

    const { tenant, changedSettings, journal } = openDataFile(path, () => []);
    (journal as { close?: () => void }).close?.();

    expect(tenant).toHaveLength(lines.length);
    expect(changedSettings).toEqual({ deltaPageSize: 7 });
    expect(statSync(path).size).toBeLessThan(1024 * 1024);
  });
});
