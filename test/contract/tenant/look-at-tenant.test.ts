import {
  mkdtempSync,
  existsSync,
  mkdirSync,
  readFileSync,
  readdirSync,
  rmSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { makeTenant } from '@auto-licenser/graph-emulator/make-tenant';
import { startEmbeddedGraph } from '../../../packages/graph-emulator/test/support/embedded-graph';
import type { EmbeddedGraph } from '../../../packages/graph-emulator/test/support/embedded-graph';
import { findReadsFolder } from '../../../cli/target/tenant/keep-tenant-reads';
import { policyFileOf } from '../../../shared/config/policy-file';
import { graphCallOf } from '../../../shared/graph/permissions';
import { toSkuId, toUserId } from '../../../shared/kernel/ids';
import { buildTenantServices } from '../../../shared/wiring-tenant';
import { startRecordingProxy } from '../../support/graph/recording-proxy';
import type { RecordingProxy } from '../../support/graph/recording-proxy';
import { callCli } from '../../support/run-cli';

const policy = join(__dirname, '..', '..', '..', 'policy', 'sample-tenant.yaml');
const tenant = ['--target', 'tenant'];
const page = readFileSync(join(__dirname, '..', '..', '..', 'docs', 'permissions.md'), 'utf8');
const listed = new Set([...page.matchAll(/^\| `GET (\/[^`]+)` \|/gm)].map(([, path]) => path));
const isListed = (path: string) => listed.has(graphCallOf('GET', path)?.path);

let graph: EmbeddedGraph;
let proxy: RecordingProxy;
let user: string;
const before = { ...process.env };

beforeAll(async () => {
  graph = await startEmbeddedGraph({ tenant: makeTenant({ users: 120, seed: 11 }) });
  user = graph.newUser({ department: 'Sales', userPrincipalName: 'ann@contoso.com' });
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

const plan = async (...more: string[]) => callCli(['plan', ...tenant, '--policy', policy, '--json', ...more]);

describe('a tenant that is looked at through Graph alone', () => {
  const commands: readonly (readonly string[])[] = [
    ['sku', 'list'],
    ['sku', 'plans', 'EMS'],
    ['sku', 'conflicts'],
    ['user', 'show', 'ann@contoso.com'],
    ['explain', 'ann@contoso.com', '--policy', policy],
    ['plan', '--policy', policy],
    ['plan', '--policy', policy, '--group', 'SG-Sales'],
    ['plan', '--policy', policy, '--user', 'ann@contoso.com'],
    ['rule', 'match', 'user.department -eq "Sales"'],
    ['rule', 'explain', 'user.department -eq "Sales"', '--user', 'ann@contoso.com'],
    ['policy', 'check', policy],
    ['policy', 'test', policy],
    ['doctor'],
  ];

  it.each(commands.map((words) => [words.filter((word) => word !== policy).join(' '), words] as const))(
    '%s reads nothing but what docs/permissions.md lists, and writes nothing',
    async (_name, words) => {
      process.env['LICENSER_POLICY_PATH'] = policy;
      const { code, stderr } = await callCli([...words, ...tenant, '--json']);

      expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
      expect(proxy.asked().length).toBeGreaterThan(0);
      expect(proxy.asked().filter(({ method }) => method !== 'GET')).toEqual([]);
      expect(proxy.asked().filter(({ path }) => !isListed(path))).toEqual([]);
      expect(proxy.requests.filter(({ method, path }) => method !== 'GET' && path !== '/$batch')).toEqual([]);
    },
  );

  it('plans every user, with the reasons of the policy', async () => {
    const { stdout } = await plan();
    const view = JSON.parse(stdout) as {
      users: number;
      outcomes: Record<string, number>;
      lines: { id: string; gains: string[]; reasons: { text: string }[] }[];
    };

    expect(view.users).toBe(121);
    expect(Object.values(view.outcomes).reduce((sum, count) => sum + count, 0)).toBe(121);
    expect(view.lines.find(({ id }) => id === user)).toMatchObject({ gains: ['EMS'] });
  });

  it('evaluates a rule over all its users', async () => {
    const rule = 'user.department -eq "Sales" -and user.accountEnabled -eq true';
    const { stdout } = await callCli(['rule', 'match', rule, ...tenant, '--json']);
    const [{ matches }] = JSON.parse(stdout) as [{ matches: string[] }];
    const wanted = graph.engine.tenant.userOrder.filter(
      ({ version }) =>
        String(version.properties['department']).toLowerCase() === 'sales' &&
        version.properties['accountEnabled'] === true,
    );

    expect(matches.sort()).toEqual(wanted.map(({ id }) => id).sort());
  });

  it('leaves what an interrupted plan has kept, and deletes what is too old', async () => {
    const credential = { getToken: async () => ({ token: graph.token, expiresOnTimestamp: 0 }) };
    const folder = (await findReadsFolder(credential, proxy.origin)) ?? 'the token tells nothing';
    const old = `${folder}-old`;
    for (const one of [folder, old]) mkdirSync(one, { recursive: true });
    writeFileSync(join(folder, 'users-other.ndjson'), '{}\n');
    const hourAgo = Date.now() / 1_000 - 3_700;
    utimesSync(old, hourAgo, hourAgo);

    for (const which of [['--user', 'ann@contoso.com'], ['--group', 'SG-Sales'], []]) {
      expect(await plan(...which)).toMatchObject({ code: 0, stderr: '' });
    }

    expect(readdirSync(folder)).toEqual(['users-other.ndjson']);
    expect(existsSync(old)).toBe(false);
    rmSync(folder, { recursive: true });
  });

  it('cannot be written to, whatever asks for it', async () => {
    const credential = { getToken: async () => ({ token: graph.token, expiresOnTimestamp: Infinity }) };
    const { pipeline } = buildTenantServices({
      credential,
      graphOrigin: proxy.origin,
      policyFile: policyFileOf({ policyPath: policy }),
      permissions: 'full',
      lanes: 1,
    });

    await expect(pipeline.directory.setUsageLocation(toUserId(user), 'FR')).rejects.toThrow('only reads');
    await expect(
      pipeline.directory.assignLicense(toUserId(user), { add: [], remove: [toSkuId(user)] }),
    ).rejects.toThrow('only reads');
    expect(proxy.requests).toEqual([]);
  });

  it('reports with a word on prices that name no SKU of it, and on a policy that cannot be used', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'licenser-odd-'));
    const [odd, wrong] = [join(folder, 'odd.csv'), join(folder, 'wrong.yaml')];
    writeFileSync(odd, 'sku,price\nSPE_E3,36\nSPE_E33,57\n');
    writeFileSync(wrong, 'version: 1\nrules: 5\n');
    const priced = await callCli(['report', ...tenant, '--json', '--prices', odd]);
    const none = await callCli(['report', ...tenant, '--json']);
    process.env['LICENSER_POLICY_PATH'] = wrong;
    const unusable = await callCli(['report', ...tenant, '--json']);
    rmSync(folder, { recursive: true });

    expect(priced.stderr).toBe('--prices names SKUs that the tenant does not have: spe_e33\n');
    expect(none.stderr).toBe('');
    expect(unusable.code).toBe(0);
    expect(unusable.stderr).toContain('the policy cannot be used');
  });

  it('needs a policy: that of the sample tenant fits no other', async () => {
    const { code, stderr } = await callCli(['plan', ...tenant]);

    expect(code).toBe(2);
    expect(stderr).toContain('No policy was named');
  });

  it.each([
    [['queue', 'status', ...tenant]],
    [['apply', '--user', 'ann@contoso.com', ...tenant]],
    [['sku', 'conflicts', '--forget', 'A', 'B', ...tenant]],
    [['sku', 'list', '--target', 'local', '--sign-in', 'device']],
    [['sku', 'list', ...tenant, '--client-id', 'x']],
  ])('%j is wrong usage', async (words) => {
    expect((await callCli(words)).code).toBe(2);
    expect(proxy.requests).toEqual([]);
  });
});

describe('a token that lacks something', () => {
  it('is told the permission and what works without it', async () => {
    process.env['LICENSER_GRAPH_TOKEN'] = await graph.tokenWith([
      'User.Read.All',
      'LicenseAssignment.Read.All',
    ]);
    const refused = await plan('--group', 'SG-Sales');
    const works = await callCli(['sku', 'list', ...tenant]);
    const doctor = await callCli(['doctor', ...tenant, '--json']);

    expect(refused.code).toBe(2);
    expect(refused.stderr).toContain('The token lacks GroupMember.Read.All');
    expect(refused.stderr).toContain('Without it works: `sku list`');
    expect(works.code).toBe(0);
    expect(doctor.code).toBe(1);
    const { checks } = JSON.parse(doctor.stdout) as { checks: { state: string; text: string }[] };
    expect(checks.filter(({ state }) => state === 'fail').map(({ text }) => text)).toEqual([
      'GroupMember.Read.All is missing: Graph refuses what reads groups',
    ]);
  });

  it('or that Graph does not take is a sign-in that is needed', async () => {
    process.env['LICENSER_GRAPH_TOKEN'] = 'not.a.token';
    const refused = await callCli(['sku', 'list', ...tenant]);
    const doctor = await callCli(['doctor', ...tenant, '--json']);

    expect(refused.code).toBe(2);
    expect(refused.stderr).toContain('does not take the token');
    expect(refused.stderr).toContain('az login');
    expect(doctor.stdout).toContain('does not take the token');
    expect(doctor.stdout).not.toContain('is missing');
  });
});
