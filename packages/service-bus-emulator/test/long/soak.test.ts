import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { describe, expect, it } from '@jest/globals';

const root = join(__dirname, '..', '..', '..', '..');
const run = promisify(execFile);

describe('the durable broker under cuts and kills', () => {
  it('loses nothing and doubles nothing in a minute', async () => {
    const args = ['scripts/run-built.mjs', 'dist/bench/soak-bus.js', '--minutes', '1', '--seed', '1'];

    const { stdout } = await run(process.execPath, args, { cwd: root, timeout: 240_000 });

    expect(JSON.parse(stdout)).toMatchObject({ lost: 0, doubled: 0, disagreements: [] });
  }, 250_000);
});
