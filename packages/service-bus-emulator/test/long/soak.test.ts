import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { describe, expect, it } from '@jest/globals';

const soak = join(__dirname, '..', '..', 'dist', 'service-bus-emulator', 'bench', 'soak-bus.js');
const run = promisify(execFile);

describe('the durable broker under cuts and kills', () => {
  it('loses nothing and doubles nothing in a minute', async () => {
    const args = [soak, '--minutes', '1', '--seed', '1'];

    const { stdout } = await run(process.execPath, args, { timeout: 240_000 });

    expect(JSON.parse(stdout)).toMatchObject({ lost: 0, doubled: 0, disagreements: [] });
  });
});
