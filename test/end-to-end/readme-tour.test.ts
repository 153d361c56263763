import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { execFile } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { writeCloudFile } from '../../local/cloud-file';
import { leaseTestCloud } from '../support/clouds/lease-cloud';
import { projectRoot } from '../support/local-cloud';
import type { TestCloud } from '../support/local-cloud';

const run = promisify(execFile);
const readme = readFileSync(join(projectRoot, 'README.md'), 'utf8');
const tour = readme.slice(readme.indexOf('<!-- tour -->'), readme.indexOf('<!-- /tour -->'));

type Step = { readonly commands: readonly string[]; readonly shown: readonly string[] };

/** Each block of commands with the block of output below it. */
function readSteps(): readonly Step[] {
  const blocks = [...tour.matchAll(/```(bash|text)\n(.*?)```/gs)].map(([, kind, text]) => ({ kind, text }));
  return blocks.flatMap((block, index) =>
    block.kind === 'bash'
      ? [
          {
            commands: (block.text ?? '').trim().split('\n'),
            shown: (blocks[index + 1]?.text ?? '').split('\n').filter((line) => line.trim() !== ''),
          },
        ]
      : [],
  );
}

/** What differs from run to run: ids that Graph makes up, times, and counts. Ids of SKUs and plans stay. */
function normalized(line: string, keepsIds: boolean): string {
  const ids = keepsIds ? line : line.replace(/[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}/g, 'ID');
  return (keepsIds && ids.includes('-') ? ids : ids.replace(/\d+(\.\d+)?/g, '0')).replace(/\s+/g, ' ').trim();
}

function splitWords(command: string): string[] {
  return [...command.matchAll(/"([^"]*)"|(\S+)/g)].map(([, quoted, plain]) => quoted ?? plain ?? '');
}

describe('the tour in the README', () => {
  const folder = mkdtempSync(join(tmpdir(), 'licenser-tour-'));
  const cloudFile = join(folder, 'local.json');
  let test: TestCloud;
  beforeAll(async () => {
    test = await leaseTestCloud('delta');
    writeCloudFile(cloudFile, test.cloud.file);
  });
  afterAll(async () => {
    await test?.stop();
    rmSync(folder, { recursive: true, force: true });
  });

  const steps = readSteps();

  it('has its six stops', () => {
    expect(steps).toHaveLength(6);
    expect(steps.every(({ shown }) => shown.length > 0)).toBe(true);
  });

  it.each(steps.map((step) => [step.commands.join('; '), step] as const))(
    '%s',
    async (_commands, { commands, shown }) => {
      let output = '';
      for (const command of commands) {
        expect(command).toMatch(/^npm run -s licenser -- /);
        const args = splitWords(command.replace('npm run -s licenser -- ', ''));
        // A busy machine may need longer than the minute that is the default.
        if (args.includes('--wait')) args.push('--timeout', '240');

        const { stdout, stderr } = await run(
          process.execPath,
          [join(projectRoot, 'dist', 'cli', 'main.js'), ...args, '--cloud-file', cloudFile],
          { env: { ...process.env, NO_COLOR: '1' } },
        );

        output += `${stdout}${stderr}`;
      }
      const isPlans = commands[0]?.includes('sku plans') === true;
      const lines = new Set(output.split('\n').map((line) => normalized(line, isPlans)));
      const missing = shown.map((line) => normalized(line, isPlans)).filter((line) => !lines.has(line));
      expect({ missing, output: missing.length === 0 ? '' : output }).toEqual({ missing: [], output: '' });
    },
  );
});
