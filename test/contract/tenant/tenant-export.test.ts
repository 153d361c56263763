import { mkdtempSync, readFileSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { checkTenantFile } from '@auto-licenser/graph-emulator/check-tenant-file';
import { makeTenant } from '@auto-licenser/graph-emulator/make-tenant';
import { tenantLineSchema } from '@auto-licenser/graph-emulator/tenant-line';
import type { TenantLine } from '@auto-licenser/graph-emulator/tenant-line';
import { startEmbeddedGraph } from '../../../packages/graph-emulator/test/support/embedded-graph';
import type { EmbeddedGraph } from '../../../packages/graph-emulator/test/support/embedded-graph';
import type { ExportedTenant } from '../../../cli/commands/tenant/export';
import { runProgram } from '../../../cli/program';
import type { Rehearsal } from '../../../rehearsal/rehearse';
import { graphCallOf } from '../../../shared/graph/permissions';
import type { PreviewView } from '../../../shared/ops/preview/preview-view';
import { groupBasedTenant } from '../../support/graph/licensed-tenants';
import { denied, startRecordingProxy } from '../../support/graph/recording-proxy';
import type { RecordingProxy } from '../../support/graph/recording-proxy';
import { callCli } from '../../support/run-cli';

const root = join(__dirname, '..', '..', '..');
const samplePolicy = join(root, 'policy', 'sample-tenant.yaml');
const page = readFileSync(join(root, 'docs', 'permissions.md'), 'utf8');
const listed = new Set([...page.matchAll(/^\| `GET (\/[^`]+)` \|/gm)].map(([, path]) => path));

const before = { ...process.env };
let folder: string;
let graph: EmbeddedGraph;
let proxy: RecordingProxy;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'export-'));
  graph = await startEmbeddedGraph({ tenant: makeTenant({ users: 120, seed: 21 }) });
});
beforeEach(async () => {
  proxy = await startRecordingProxy(graph.origin);
  look(proxy.origin, graph.token);
});
afterEach(async () => {
  await proxy.stop();
  process.env = { ...before };
});
afterAll(async () => {
  await graph.stop();
  rmSync(folder, { recursive: true, force: true });
});

function look(origin: string, token: string): void {
  process.env['LICENSER_GRAPH_ORIGIN'] = origin;
  process.env['LICENSER_GRAPH_TOKEN'] = token;
}

async function run(...args: string[]): Promise<unknown> {
  const { code, stdout, stderr } = await callCli([...args, '--target', 'tenant', '--json']);
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
  return JSON.parse(stdout) as unknown;
}

const fileOf = (name: string) => join(folder, name);
const exportTo = (file: string, ...more: string[]) =>
  run('tenant', 'export', file, ...more) as Promise<ExportedTenant>;

function readLines(file: string): TenantLine[] {
  const bytes = readFileSync(file);
  const text = (file.endsWith('.gz') ? gunzipSync(bytes) : bytes).toString('utf8');
  return text
    .trimEnd()
    .split('\n')
    .map((line) => tenantLineSchema.parse(JSON.parse(line)));
}

type Line<Type extends TenantLine['type']> = Extract<TenantLine, { type: Type }>;
const ofType = <Type extends TenantLine['type']>(lines: readonly TenantLine[], type: Type) =>
  lines.filter((line): line is Line<Type> => line.type === type);

const licensesOf = (lines: readonly TenantLine[]) =>
  new Map(
    ofType(lines, 'user').map(({ id, licenseAssignmentStates = [] }) => [
      id,
      licenseAssignmentStates
        .map(({ skuId, assignedByGroup, disabledPlans, error }) =>
          JSON.stringify([skuId, assignedByGroup, [...disabledPlans].sort(), error]),
        )
        .sort(),
    ]),
  );
const membersOf = (lines: readonly TenantLine[]) =>
  new Map(ofType(lines, 'group').map(({ id, members }) => [id, [...members].sort()]));
const original = async () => {
  const { body } = (await graph.local('GET', '/export')) as { body: string };
  return body
    .trimEnd()
    .split('\n')
    .map((line) => tenantLineSchema.parse(JSON.parse(line)));
};

describe('a copy of a tenant', () => {
  it('has its SKUs, users with licenses and managers, and groups with members and licenses', async () => {
    const file = fileOf('plain.ndjson');
    const exported = await exportTo(file);
    const [copy, lines] = [readLines(file), await original()];

    expect(exported).toMatchObject({ users: 120, unreadableUsers: 0, unlistedLicenses: 0, otherMembers: 0 });
    expect(checkTenantFile(file)).toEqual({ users: 120, groups: exported.groups });
    expect(licensesOf(copy)).toEqual(licensesOf(lines));
    expect(membersOf(copy)).toEqual(membersOf(lines));
    const seats = (all: readonly TenantLine[]) =>
      new Map(
        ofType(all, 'sku').map(({ skuId, prepaidUnits, capabilityStatus }) => [
          skuId,
          [prepaidUnits, capabilityStatus],
        ]),
      );
    expect(seats(copy)).toEqual(seats(lines));
    const managers = (all: readonly TenantLine[]) =>
      new Map(
        ofType(all, 'user').map(({ id, managerId, department }) => [id, [managerId ?? null, department]]),
      );
    expect(managers(copy)).toEqual(managers(lines));
    expect(ofType(copy, 'tenant')).toMatchObject([
      { domains: ['contoso.com', 'contoso.onmicrosoft.com'], tenantId: graph.engine.tenant.facts.tenantId },
    ]);
    expect(statSync(file).mode & 0o777).toBe(0o600);
    expect(ofType(copy, 'exclusive').length).toBeGreaterThan(0);
  });

  it('is compressed where its name says so, and made by nothing but the reads of docs/permissions.md', async () => {
    const file = fileOf('packed.ndjson.gz');
    await exportTo(file);

    expect(readLines(file).length).toBeGreaterThan(130);
    expect(proxy.asked().length).toBeGreaterThan(3);
    expect(proxy.asked().filter(({ method }) => method !== 'GET')).toEqual([]);
    expect(proxy.asked().filter(({ path }) => !listed.has(graphCallOf('GET', path)?.path))).toEqual([]);
  });

  it('of dynamic groups has their rules', async () => {
    const dynamic = await startEmbeddedGraph({ tenant: groupBasedTenant(40) });
    look(dynamic.origin, dynamic.token);
    const file = fileOf('dynamic.ndjson');
    await exportTo(file).finally(() => dynamic.stop());

    expect(ofType(readLines(file), 'group')).toContainEqual(
      expect.objectContaining({
        displayName: 'LIC EMS of Sales',
        groupTypes: ['DynamicMembership'],
        securityEnabled: true,
        membershipRule: 'user.department -eq "Sales" -and user.accountEnabled -eq true',
      }),
    );
  });

  it('names the permission that a token lacks', async () => {
    look(proxy.origin, await graph.tokenWith(['User.Read.All', 'LicenseAssignment.Read.All']));

    const { code, stderr } = await callCli([
      'tenant',
      'export',
      fileOf('narrow.ndjson'),
      '--target',
      'tenant',
    ]);

    expect(code).toBe(2);
    expect(stderr).toContain('The token lacks GroupMember.Read.All');
  });

  it('leaves nothing behind when Graph refuses in the middle, and goes on with the users that it has read', async () => {
    proxy.refuse = ({ path, body }) => (/members\?/.test(path + body) ? denied : undefined);
    const args = ['tenant', 'export', fileOf('refused.ndjson'), '--target', 'tenant'];

    const refused = await callCli(args);
    const left = readdirSync(folder).filter((name) => name.includes('refused'));
    proxy.refuse = () => undefined;
    proxy.requests.length = 0;
    const { code, stderr } = await callCli(args);

    expect(refused.code).not.toBe(0);
    expect(left).toEqual([]);
    expect(code).toBe(0);
    expect(stderr).toMatch(/^Going on with what an interrupted export has read/);
    expect(proxy.asked().filter(({ path }) => /^\/users\?.*displayName/.test(path))).toEqual([]);
    expect(readLines(fileOf('refused.ndjson')).filter(({ type }) => type === 'user')).toHaveLength(120);
  });

  it.each([
    [['--policy', samplePolicy], '--policy and --policy-out go together'],
    [['--departments', 'keep'], '--departments is for --pseudonyms'],
    [['--policy', samplePolicy, '--policy-out', 'x.ndjson'], '--policy-out names the tenant file'],
    [
      ['--policy', samplePolicy, '--policy-out', samplePolicy],
      '--policy-out would take the place of --policy',
    ],
    [['--policy', 'x.ndjson', '--policy-out', 'y.yaml'], 'The tenant file would take the place of --policy'],
  ])('refuses %j', async (more, message) => {
    const { code, stderr } = await callCli(['tenant', 'export', 'x.ndjson', '--target', 'tenant', ...more]);

    expect(code).toBe(2);
    expect(stderr).toContain(message);
  });
});

describe('a policy from standard input', () => {
  it('is read once, and is what the copy gets', async () => {
    const [out, text] = [fileOf('from-input.yaml'), readFileSync(samplePolicy, 'utf8')];
    const inputs = [text];
    let said = '';

    const code = await runProgram(
      [
        'tenant',
        'export',
        fileOf('input.ndjson'),
        '--target',
        'tenant',
        '--policy',
        '-',
        '--policy-out',
        out,
      ],
      {
        print: () => undefined,
        complain: (part) => (said += part),
        // As standard input: there is nothing to read a second time.
        readText: async () => inputs.shift() ?? '',
        now: () => Date.now(),
      },
    );

    expect([code, said]).toEqual([0, expect.stringContaining('Written to')]);
    expect(readFileSync(out, 'utf8')).toBe(text);
  });
});

describe('a copy with pseudonyms', () => {
  beforeAll(async () => {
    // Who gets the last seat follows from ids, and those are others in the copy.
    for (const { skuId } of ofType(await original(), 'sku')) {
      await graph.local('PATCH', `/skus/${skuId}`, { enabled: 5_000 });
    }
  });

  it.each(['replace', 'keep'])(
    'names nothing of users and groups, and its policy decides the same (departments: %s)',
    async (departments) => {
      const policyIn = fileOf('in.yaml');
      writeFileSync(
        policyIn,
        `${readFileSync(samplePolicy, 'utf8')}
tests:
  - name: anyone at contoso.com
    user: { userType: Member, accountEnabled: true, department: Sales, mail: anyone@contoso.com }
    expect: { EMS: { off: [INTUNE_A] } }
`.replace(
          'rules:',
          `rules:\n  - { name: heads, when: 'user.jobTitle -contains "Manager" -and user.mail -ne null', assign: [{ sku: POWER_BI_PRO }] }`,
        ),
      );
      const [file, policyOut] = [fileOf(`copy-${departments}.ndjson.gz`), fileOf(`copy-${departments}.yaml`)];
      const exported = await exportTo(
        file,
        ...['--pseudonyms', '--departments', departments, '--policy', policyIn, '--policy-out', policyOut],
      );
      const lines = await original();
      const text = gunzipSync(readFileSync(file)).toString('utf8') + readFileSync(policyOut, 'utf8');

      expect(exported).toMatchObject({ users: 120, lostRules: { policy: [], groups: 0 } });
      if (departments === 'keep') expect(exported.departments?.kept).toBeGreaterThan(5);
      else expect(exported.departments).toBeNull();
      const { texts, words } = originalTexts(lines);
      const folded = text.toLowerCase();
      const left = texts.filter((one) => folded.includes(one.toLowerCase()));
      const spoken = new Set(folded.match(/[\p{L}\p{N}]+/gu));
      expect([...left, ...words.filter((one) => spoken.has(one.toLowerCase()))]).toEqual([]);
      expect(/"department":"Sales"/.test(text)).toBe(departments === 'keep');

      const planned = (await run('plan', '--policy', policyIn)) as PreviewView;
      const copy = await startEmbeddedGraph({ tenant: readLines(file) });
      look(copy.origin, copy.token);
      const onCopy = (await run('plan', '--policy', policyOut).finally(() => copy.stop())) as PreviewView;
      expect(shapeOf(onCopy)).toEqual(shapeOf(planned));
      expect((await callCli(['policy', 'test', policyOut])).code).toBe(0);
    },
  );

  it('can be rehearsed as it was written, compressed, with its policy', async () => {
    const [file, policyOut] = [fileOf('rehearsed.ndjson.gz'), fileOf('rehearsed.yaml')];
    const small = await startEmbeddedGraph({ tenant: makeTenant({ users: 30, seed: 5 }) });
    look(small.origin, small.token);
    const { groups } = await exportTo(
      file,
      ...['--pseudonyms', '--policy', samplePolicy, '--policy-out', policyOut],
    ).finally(() => small.stop());
    const day = ['--days', '1', '--joiners', '2', '--movers', '1', '--leavers', '0', '--json'];

    const { code, stdout, stderr } = await callCli(['rehearse', file, '--policy', policyOut, ...day]);

    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    const done = JSON.parse(stdout) as Rehearsal;
    expect(checkTenantFile(file)).toEqual({ users: 30, groups });
    expect(done).toMatchObject({ users: 32, lost: 0, failed: 0 });
    expect(done.licensed).toBeGreaterThan(15);
    expect(done.concerned.every(({ userPrincipalName }) => !userPrincipalName.includes('contoso'))).toBe(
      true,
    );
  });
});

/** What names a user, a group or the tenant; `words`: too short to be looked for within other words. */
function originalTexts(lines: readonly TenantLine[]): {
  readonly texts: readonly string[];
  readonly words: readonly string[];
} {
  const found = new Set<string>();
  for (const line of lines) {
    if (line.type === 'tenant') for (const text of [line.tenantId, ...line.domains]) found.add(text);
    if (line.type !== 'user' && line.type !== 'group') continue;
    for (const name of naming) {
      const text = (line as Readonly<Record<string, unknown>>)[name];
      if (typeof text === 'string') found.add(text);
    }
  }
  const isLong = (text: string) => text.length > 9 || /[@.-]/.test(text);
  expect(found.size).toBeGreaterThan(600);
  return {
    texts: [...found].filter(isLong),
    words: ['Contoso', ...[...found].filter((text) => !isLong(text))],
  };
}

const naming = [
  ...['id', 'displayName', 'givenName', 'surname', 'userPrincipalName', 'mail', 'mailNickname', 'employeeId'],
  ...[
    'onPremisesDistinguishedName',
    'onPremisesDomainName',
    'onPremisesSamAccountName',
    'onPremisesImmutableId',
  ],
];

/** What a plan says, without who it is about. */
function shapeOf({ lines }: PreviewView) {
  return lines
    .map(({ outcome, gains, loses, plansOn, plansOff, usageLocation }) =>
      JSON.stringify([outcome, gains, loses, plansOn, plansOff, usageLocation]),
    )
    .sort();
}
