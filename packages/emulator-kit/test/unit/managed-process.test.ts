import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from '@jest/globals';
import { ManagedProcess } from '../../src/managed-process';

const folder = mkdtempSync(join(tmpdir(), 'managed-'));
afterAll(() => rmSync(folder, { recursive: true }));

describe('a managed process', () => {
  it('tells its number before it is ready, and again when it is started anew', async () => {
    const entry = join(folder, 'ready.js');
    writeFileSync(entry, `process.send({ type: 'ready' }); process.on('disconnect', () => process.exit());`);
    const spawned: number[] = [];
    const ready: number[] = [];
    const managed = new ManagedProcess({
      name: 'test',
      entry,
      args: () => [],
      env: () => ({}),
      cwd: folder,
      onSpawn: (pid) => spawned.push(pid),
      onLine: () => undefined,
      onUnexpectedExit: () => undefined,
    });

    const start = managed.start();
    const atOnce = [...spawned];
    await start;
    ready.push(managed.pid);
    await managed.restart();
    ready.push(managed.pid);
    await managed.kill();

    expect(atOnce).toEqual([ready[0]]);
    expect(spawned).toEqual(ready);
  });
});
