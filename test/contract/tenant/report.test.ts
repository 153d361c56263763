import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { makeTenant } from '@auto-licenser/graph-emulator/make-tenant';
import type { TenantLine } from '@auto-licenser/graph-emulator/tenant-line';
import {
  plan,
  sku,
  startEmbeddedGraph,
  testNow,
} from '../../../packages/graph-emulator/test/support/embedded-graph';
import type { EmbeddedGraph } from '../../../packages/graph-emulator/test/support/embedded-graph';
import type { ReportFinding, TenantReport } from '../../../shared/tenant/report/tenant-report';
import { startRecordingProxy } from '../../support/graph/recording-proxy';
import type { RecordingProxy } from '../../support/graph/recording-proxy';
import { callCli } from '../../support/run-cli';

type Line<Type extends TenantLine['type']> = Extract<TenantLine, { type: Type }>;

const guid = (number: number) => `00000000-0000-4000-8000-${String(number).padStart(12, '0')}`;
const state = (part: string, more: object = {}) => ({
  skuId: sku(part),
  disabledPlans: [],
  assignedByGroup: null,
  error: null,
  ...more,
});
const person = (number: number, more: object): Line<'user'> => ({
  type: 'user',
  id: guid(number),
  userPrincipalName: `odd.${String(number)}@contoso.com`,
  displayName: `Odd <b>${String(number)}</b>`,
  accountEnabled: true,
  userType: 'Member',
  usageLocation: 'NL',
  createdDateTime: '2024-01-01T00:00:00Z',
  signInActivity: { lastSignInDateTime: '2026-01-01T00:00:00Z' },
  ...more,
});

const odd: readonly TenantLine[] = [
  {
    type: 'group',
    id: guid(900),
    displayName: 'LIC & E3',
    members: [1, 2, 3].map(guid),
    assignedLicenses: [{ skuId: sku('SPE_E3'), disabledPlans: [] }],
  },
  person(1, {
    licenseAssignmentStates: [state('SPE_E3'), state('SPE_E3', { assignedByGroup: guid(900) })],
  }),
  person(2, {
    licenseAssignmentStates: [state('SPE_E3', { assignedByGroup: guid(900), error: 'CountViolation' })],
    usageLocation: undefined,
  }),
  person(3, {
    licenseAssignmentStates: [
      state('EMS'),
      state('SPE_E3', { assignedByGroup: guid(900) }),
      state('FLOW_FREE'),
    ],
  }),
  person(4, { userType: 'Guest', licenseAssignmentStates: [state('SPE_E5')] }),
  person(5, { accountEnabled: false, licenseAssignmentStates: [state('SPE_E5'), state('FLOW_FREE')] }),
  person(6, { signInActivity: undefined, licenseAssignmentStates: [state('VISIOCLIENT')] }),
  person(7, {
    signInActivity: undefined,
    createdDateTime: new Date(testNow - 10 * 24 * 3_600_000).toISOString(),
    licenseAssignmentStates: [state('VISIOCLIENT')],
  }),
  person(8, {
    licenseAssignmentStates: [
      state('SPE_E3', { disabledPlans: [plan('SPE_E3', 'EXCHANGE_S_ENTERPRISE')] }),
      state('STANDARDPACK'),
    ],
  }),
];
const lines: readonly TenantLine[] = [...makeTenant({ users: 300, seed: 5 }), ...odd];
const prices: Readonly<Record<string, number>> = { SPE_E5: 57, SPE_E3: 36, EMS: 8.8, FLOW_FREE: 0 };

let graph: EmbeddedGraph;
let proxy: RecordingProxy;
let folder: string;
let csv: string;
let report: TenantReport;
const before = { ...process.env };

beforeAll(async () => {
  graph = await startEmbeddedGraph({ tenant: lines });
  proxy = await startRecordingProxy(graph.origin);
  process.env['LICENSER_GRAPH_ORIGIN'] = proxy.origin;
  process.env['LICENSER_GRAPH_TOKEN'] = graph.token;
  folder = mkdtempSync(join(tmpdir(), 'licenser-report-'));
  csv = join(folder, 'prices.csv');
  writeFileSync(
    csv,
    `SKU;Price\n${Object.entries(prices)
      .map(([name, price]) => `${name};${String(price).replace('.', ',')}`)
      .join('\n')}\n`,
  );
  const { stdout } = await callReport('--json', '--prices', csv);
  report = JSON.parse(stdout) as TenantReport;
});

afterAll(async () => {
  process.env = { ...before };
  rmSync(folder, { recursive: true, force: true });
  await proxy.stop();
  await graph.stop();
});

const callReport = (...more: string[]) => callCli(['report', '--target', 'tenant', ...more], testNow);

/** The tenant file by itself: nothing of the product works these figures out. */
const skus = lines.filter((line): line is Line<'sku'> => line.type === 'sku');
const users = lines.filter((line): line is Line<'user'> => line.type === 'user');
const statesOf = (user: Line<'user'>) => user.licenseAssignmentStates ?? [];
const given = (user: Line<'user'>) => statesOf(user).filter(({ error }) => error === null);
const holds = (user: Line<'user'>, skuId: string) => given(user).some((one) => one.skuId === skuId);
const nameOf = (skuId: string) => skus.find((one) => one.skuId === skuId)?.skuPartNumber ?? '';
const paid = (user: Line<'user'>) =>
  [...new Set(given(user).map(({ skuId }) => nameOf(skuId)))].filter((name) => name !== 'FLOW_FREE');
const costOf = (names: readonly string[]) =>
  Math.round(100 * names.reduce((sum, name) => sum + (prices[name] ?? 0), 0)) / 100;
const find = (code: ReportFinding['code']) => report.findings.find((one) => one.code === code)!;
const idsOf = (code: ReportFinding['code']) =>
  find(code)
    .lines.map(({ id }) => id)
    .sort();
const sorted = (found: readonly Line<'user'>[]) => found.map(({ id }) => id).sort();

/** Plans of a SKU that are a user's choice and that some assignment leaves on. */
const plansOn = (user: Line<'user'>, skuId: string) =>
  new Set(
    given(user)
      .filter((one) => one.skuId === skuId)
      .flatMap(({ disabledPlans }) =>
        (skus.find((one) => one.skuId === skuId)?.servicePlans ?? [])
          .filter(
            ({ appliesTo, servicePlanId }) => appliesTo === 'User' && !disabledPlans.includes(servicePlanId),
          )
          .map(({ servicePlanId }) => servicePlanId),
      ),
  );

describe('the report of a tenant, by its file', () => {
  it('counts users', () => {
    expect(report.users).toEqual({
      all: users.length,
      licensed: users.filter((user) => given(user).length > 0).length,
      disabled: users.filter(({ accountEnabled }) => accountEnabled === false).length,
      guests: users.filter(({ userType }) => userType === 'Guest').length,
    });
  });

  it.each(skus.map(({ skuPartNumber, skuId }) => [skuPartNumber, skuId] as const))(
    'counts seats of %s',
    (name, skuId) => {
      const holders = users.filter((user) => holds(user, skuId));
      const by = (isMeant: (group: string | null) => boolean) =>
        holders.filter((user) =>
          given(user).some((one) => one.skuId === skuId && isMeant(one.assignedByGroup)),
        );
      const direct = by((group) => group === null);
      const inherited = by((group) => group !== null);
      const bought = skus.find((one) => one.skuId === skuId)?.prepaidUnits.enabled ?? 0;
      const free = Math.max(0, bought - holders.length);
      const price = prices[name] ?? null;

      expect(report.skus.find((one) => one.skuId === skuId)).toMatchObject({
        seats: { enabled: bought, consumed: holders.length, free },
        users: {
          all: holders.length,
          direct: direct.length,
          inherited: inherited.length,
          both: direct.filter((user) => inherited.includes(user)).length,
        },
        price,
        cost:
          price === null
            ? null
            : { taken: costOf(holders.map(() => name)), free: Math.round(100 * price * free) / 100 },
      });
    },
  );

  it('adds costs up, and names what has no price', () => {
    const taken = users.flatMap((user) => [...new Set(given(user).map(({ skuId }) => nameOf(skuId)))]);

    expect(report.cost?.taken).toBe(costOf(taken));
    expect(report.cost?.unpriced).toEqual(
      [...new Set(taken.filter((name) => prices[name] === undefined))].sort((a, b) =>
        a.localeCompare(b, 'en'),
      ),
    );
  });

  it('finds disabled accounts and guests with paid licenses, and what they cost', () => {
    for (const [code, isMeant] of [
      ['disabledWithPaid', ({ accountEnabled }) => accountEnabled === false],
      ['guestsWithPaid', ({ userType }) => userType === 'Guest'],
    ] as readonly (readonly [ReportFinding['code'], (user: Line<'user'>) => boolean])[]) {
      const wanted = users.filter((user) => isMeant(user) && paid(user).length > 0);
      expect(wanted.length).toBeGreaterThan(0);
      expect(idsOf(code)).toEqual(sorted(wanted));
      expect(find(code)).toMatchObject({ count: wanted.length, cost: costOf(wanted.flatMap(paid)) });
    }
  });

  it('finds who never signed in, but not who is new', () => {
    const wanted = users.filter(
      (user) =>
        user.accountEnabled !== false &&
        user['signInActivity'] === undefined &&
        Date.parse(String(user['createdDateTime'])) < testNow - 30 * 24 * 3_600_000 &&
        paid(user).length > 0,
    );

    expect(wanted.length).toBeGreaterThan(1);
    expect(idsOf('neverSignedIn')).toEqual(sorted(wanted));
    expect(idsOf('neverSignedIn')).not.toContain(guid(7));
  });

  it('finds the same SKU directly and by a group', () => {
    const wanted = users.filter((user) =>
      given(user).some(
        (one) =>
          one.assignedByGroup === null &&
          given(user).some((other) => other.skuId === one.skuId && other.assignedByGroup !== null),
      ),
    );

    expect(idsOf('directAndInherited')).toEqual(sorted(wanted));
    expect(find('directAndInherited').lines.find(({ id }) => id === guid(1))?.detail).toBe(
      'SPE_E3, also by LIC & E3',
    );
  });

  it('finds SKUs that another one of the user contains', () => {
    const wanted = users.filter((user) => {
      const held = [...new Set(given(user).map(({ skuId }) => skuId))];
      return held.some((part) =>
        held.some((whole) => {
          const [small, large] = [plansOn(user, part), plansOn(user, whole)];
          return part !== whole && small.size > 0 && [...small].every((one) => large.has(one));
        }),
      );
    });

    expect(idsOf('overlappingSkus')).toEqual(sorted(wanted));
    expect(find('overlappingSkus').lines.find(({ id }) => id === guid(3))?.detail).toContain('EMS in SPE_E3');
  });

  it('explains errors of group-based licensing', () => {
    expect(idsOf('groupErrors')).toEqual(
      sorted(users.filter((user) => statesOf(user).some(({ error }) => error !== null))),
    );
    expect(find('groupErrors').lines[0]?.detail).toBe(
      'SPE_E3 by LIC & E3: CountViolation, no seat was free: buy or free one, then reprocess the group',
    );
  });

  it('finds plans that do not go together', () => {
    const detail = find('conflictingPlans').lines.find(({ id }) => id === guid(8))?.detail;

    // SHAREPOINTENTERPRISE of E3 and SHAREPOINTSTANDARD of E1, on Microsoft's page of plans.
    expect(detail).toContain('SHAREPOINTENTERPRISE');
    expect(detail).toContain('SHAREPOINTSTANDARD');
    expect(detail).not.toContain('EXCHANGE_S_ENTERPRISE');
  });

  it('finds members without a usage location, and SKUs with few seats', () => {
    const without = users.filter(
      (user) =>
        user.accountEnabled !== false && user.userType !== 'Guest' && user['usageLocation'] === undefined,
    );
    const few = skus.filter(({ skuId, appliesTo, capabilityStatus, prepaidUnits: { enabled } }) => {
      const free = enabled - users.filter((user) => holds(user, skuId)).length;
      return (
        appliesTo === 'User' &&
        capabilityStatus === 'Enabled' &&
        enabled > 0 &&
        (free < 10 || free < 0.02 * enabled)
      );
    });

    expect(idsOf('noUsageLocation')).toEqual(sorted(without));
    expect(find('seatsRunOut').lines.map(({ name }) => name)).toEqual(
      few.map(({ skuPartNumber }) => skuPartNumber).sort(),
    );
  });
});

describe('what is written of it', () => {
  it('is one HTML file with the same figures that asks for nothing and runs nothing', async () => {
    const out = join(folder, 'report.html');
    const { code } = await callReport('--format', 'html', '--out', out, '--prices', csv, '--limit', '5');
    const page = readFileSync(out, 'utf8');

    expect(code).toBe(0);
    expect(statSync(out).mode & 0o077).toBe(0);
    expect(page).not.toMatch(/<script|<link|<img|<iframe|src=|url\(|@import|https?:/i);
    expect(page).toContain('odd.4@contoso.com');
    expect(page).toContain('LIC &amp; E3');
    for (const { title, count } of report.findings.filter((one) => (one.count ?? 0) > 0)) {
      expect(page).toContain(`${title}: ${String(count)}`);
    }
    expect(page).toContain(
      report.cost?.taken.toLocaleString('en-US', { minimumFractionDigits: 2 }) ?? 'no cost',
    );
  });

  it('reads sign-ins only where the token may, and says so', async () => {
    const all = ['User.Read.All', 'LicenseAssignment.Read.All', 'GroupMember.Read.All'];
    process.env['LICENSER_GRAPH_TOKEN'] = await graph.tokenWith(all);
    const { stdout, code } = await callReport('--json');
    process.env['LICENSER_GRAPH_TOKEN'] = graph.token;
    const narrow = JSON.parse(stdout) as TenantReport;
    const finding = narrow.findings.find((one) => one.code === 'neverSignedIn');

    expect(code).toBe(0);
    expect(finding).toMatchObject({ count: null, lines: [] });
    expect(finding?.text).toContain('AuditLog.Read.All');
  });

  it('wrote nothing to the tenant, in 20 requests or fewer', () => {
    expect(proxy.asked().filter(({ method }) => method !== 'GET')).toEqual([]);
    expect(proxy.requests.length).toBeLessThanOrEqual(20);
  });

  it.each([
    ['name,amount\nSPE_E3,3\n', 'no columns sku and price'],
    ['sku,price\nSPE_E3,free\n', ':2 has no SKU, or no price'],
  ])('refuses prices that are none: %j', async (text, said) => {
    const wrong = join(folder, 'wrong.csv');
    writeFileSync(wrong, text);
    const { code, stderr } = await callReport('--prices', wrong);

    expect(code).toBe(2);
    expect(stderr).toContain(said);
  });
});
