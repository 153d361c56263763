import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { makeTenant } from '@auto-licenser/graph-emulator/make-tenant';
import { startEmbeddedGraph } from '../../packages/graph-emulator/test/support/embedded-graph';
import type { EmbeddedGraph } from '../../packages/graph-emulator/test/support/embedded-graph';
import { denied, startRecordingProxy } from '../support/graph/recording-proxy';
import type { RecordingProxy } from '../support/graph/recording-proxy';
import { callCli } from '../support/run-cli';

const policy = join(__dirname, '..', '..', 'policy', 'sample-tenant.yaml');
const before = { ...process.env };
let graph: EmbeddedGraph;
let proxy: RecordingProxy;

beforeAll(async () => {
  // Three pages of users.
  graph = await startEmbeddedGraph({ tenant: makeTenant({ users: 2_100, seed: 11 }) });
});
beforeEach(async () => {
  proxy = await startRecordingProxy(graph.origin);
  process.env['LICENSER_GRAPH_ORIGIN'] = proxy.origin;
  process.env['LICENSER_GRAPH_TOKEN'] = graph.token;
});
afterEach(async () => {
  await proxy.stop();
  process.env = { ...before };
});
afterAll(() => graph.stop());

const plan = async (...more: string[]) =>
  callCli(['plan', '--target', 'tenant', '--policy', policy, '--json', ...more]);

describe('an interrupted plan', () => {
  const pagesOf = () => proxy.asked().filter(({ path }) => path.startsWith('/users?'));
  const membersOf = () => proxy.asked().filter(({ path }) => /^\/groups\/.*transitiveMembers/.test(path));

  it('goes on where it stopped and reads no page of users and no group twice', async () => {
    const whole = JSON.parse((await plan('--fresh')).stdout) as object;
    const [pages, members] = [pagesOf().length, membersOf().length];
    expect(pages).toBe(3);
    expect(members).toBeGreaterThan(0);
    proxy.requests.length = 0;

    proxy.refuse = ({ path }) => (path.startsWith('/users?') && pagesOf().length === 2 ? denied : undefined);
    const interrupted = await plan('--fresh');
    proxy.refuse = () => undefined;
    const resumed = await plan();

    expect(interrupted.code).toBe(2);
    expect(resumed.stderr).toContain('Going on with what an interrupted plan has read');
    expect(JSON.parse(resumed.stdout)).toEqual(whole);
    // The refused page was asked for again; every other one once.
    expect(pagesOf()).toHaveLength(pages + 1);
    expect(membersOf()).toHaveLength(members);
    expect((await plan()).stderr).toBe('');
  });

  it('reads anew what Graph no longer lets it go on from', async () => {
    const whole = JSON.parse((await plan('--fresh')).stdout) as object;
    const isLater = (path: string) => path.startsWith('/users?') && path.includes('skiptoken');
    proxy.refuse = ({ path }) => (isLater(path) ? denied : undefined);
    await plan('--fresh');
    proxy.requests.length = 0;
    const message = 'The specified page token value has expired and cannot be included in your request.';
    proxy.refuse = ({ path }) =>
      isLater(path) && pagesOf().length === 1
        ? { status: 400, code: 'Directory_ExpiredPageToken', message }
        : undefined;
    const resumed = await plan();

    expect(JSON.parse(resumed.stdout)).toEqual(whole);
  });
});
