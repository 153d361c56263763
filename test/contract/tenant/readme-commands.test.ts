import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { makeTenant } from '@auto-licenser/graph-emulator/make-tenant';
import { startEmbeddedGraph } from '../../../packages/graph-emulator/test/support/embedded-graph';
import type { EmbeddedGraph } from '../../../packages/graph-emulator/test/support/embedded-graph';
import { graphCallOf } from '../../../shared/graph/permissions';
import { startRecordingProxy } from '../../support/graph/recording-proxy';
import type { RecordingProxy } from '../../support/graph/recording-proxy';
import { projectRoot } from '../../support/local-cloud';
import { callCli } from '../../support/run-cli';

const page = (name: string) => readFileSync(join(projectRoot, name), 'utf8');
const [, section = ''] = /<!-- own tenant -->(.*)<!-- \/own tenant -->/s.exec(page('README.md')) ?? [];
const blocks = [...section.matchAll(/```bash\n(.*?)```/gs)].map(([, text = '']) => text.trim().split('\n'));
const start = 'npm run -s licenser -- ';
const listed = new Set(
  [...page('docs/permissions.md').matchAll(/^\| `GET (\/[^`]+)` \|/gm)].map(([, path]) => path),
);

const before = { ...process.env };
let folder: string;
let graph: EmbeddedGraph;
let proxy: RecordingProxy;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'own-tenant-'));
  graph = await startEmbeddedGraph({ tenant: makeTenant({ users: 60, seed: 31 }) });
  proxy = await startRecordingProxy(graph.origin);
  process.env['LICENSER_GRAPH_ORIGIN'] = proxy.origin;
  process.env['LICENSER_GRAPH_TOKEN'] = graph.token;
});
afterAll(async () => {
  process.env = { ...before };
  await proxy.stop();
  await graph.stop();
  rmSync(folder, { recursive: true, force: true });
});

/** Policies of the project are where they are; what a command writes is in a folder of the test's, never a reader's own file. */
const placed = (word: string) => {
  if (!/\.(yaml|gz|csv|html)$/.test(word)) return word;
  return join(word.startsWith('policy/') ? projectRoot : folder, word);
};

describe('the first look at a tenant, as the README says', () => {
  it('takes three commands to a plan', () => {
    const [first = []] = blocks;

    expect(first.length).toBeLessThanOrEqual(3);
    expect(first[0]).toBe('npm ci');
    expect(first.at(-1)).toContain(`${start}plan --target tenant`);
  });

  it('works command by command, in this order, with nothing but the reads of docs/permissions.md', async () => {
    const commands = blocks.flat().filter((line) => line.startsWith(start));
    expect(commands.length).toBeGreaterThanOrEqual(6);
    for (const command of commands) {
      const words = command.slice(start.length).split(' ').map(placed);
      const short = words[0] === 'rehearse' ? ['--days', '1', '--joiners', '2'] : [];

      const { code, stdout, stderr } = await callCli([...words, ...short]);

      expect({ command, code, stderr: code === 0 ? '' : stderr }).toEqual({ command, code: 0, stderr: '' });
      expect(stdout + stderr).not.toBe('');
    }
    expect(proxy.asked().length).toBeGreaterThan(commands.length);
    expect(proxy.asked().filter(({ method }) => method !== 'GET')).toEqual([]);
    expect(proxy.asked().filter(({ path }) => !listed.has(graphCallOf('GET', path)?.path))).toEqual([]);
    expect(graph.engine.writeLog.after(0)).toEqual([]);
  });
});
