import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { startGraph } from '@auto-licenser/graph-emulator';
import type { RunningGraph } from '@auto-licenser/graph-emulator';
import { changeSettings, makeSettings } from '@auto-licenser/graph-emulator/settings';
import { tenantLineSchema } from '@auto-licenser/graph-emulator/tenant-line';
import type { TenantLineInput } from '@auto-licenser/graph-emulator/tenant-line';
import type { DeltaChange, Directory, DirectoryUser } from '../../../shared/graph/directory';
import { makeGraphDirectory } from '../../../shared/graph/graph-directory';
import { GraphError } from '../../../shared/graph/refusals/graph-error';
import { systemClock } from '../../../shared/kernel/clock';
import { toServicePlanId, toSkuId } from '../../../shared/kernel/ids';
import type { UserId } from '../../../shared/kernel/ids';
import { silentLogger } from '../../../shared/kernel/logger';
import { seededRandom } from '../../../shared/kernel/random';
import { makeEmbeddedCredential } from '../../support/graph/embedded-credential';
import { userId } from '../../support/user-states';
import type { Needs } from '../../../shared/words/needs';

// SKUs and plans: https://learn.microsoft.com/entra/identity/users/licensing-service-plan-reference
const ems = toSkuId('efccb6f7-5641-4e0e-bd10-b4976e1bf68e');
const exchangeS = toSkuId('4b9405b0-7788-4568-add1-99614e613b69');
const exchangeE = toSkuId('19ec0d23-8335-4cbd-94ac-6050e30712fa');
const intune = toServicePlanId('c1ec4a95-1f05-45b3-a911-aa3fa01094f5');
const entra = toServicePlanId('41781fb2-bc02-4b7c-bd55-b576c07bb09d');
const exchangePlanS = toServicePlanId('9aaf7827-d63c-4b61-89c3-182f06f82e5c');
const exchangePlanE = toServicePlanId('efb87545-963c-4e0d-99df-69c6916d9eb0');
const staff = '10000000-0000-4000-8000-000000000001';
const sales = '10000000-0000-4000-8000-000000000002';
const licensed = '10000000-0000-4000-8000-000000000003';
const boss = userId(900);

const sku = (
  skuId: string,
  skuPartNumber: string,
  plans: [string, string][],
  enabled = 50,
): TenantLineInput => ({
  type: 'sku',
  skuId,
  skuPartNumber,
  prepaidUnits: { enabled },
  servicePlans: plans.map(([servicePlanId, servicePlanName]) => ({ servicePlanId, servicePlanName })),
});
const user = (number: number, more: object = {}): TenantLineInput => ({
  type: 'user',
  id: userId(number),
  userPrincipalName: `user${number}@contoso.com`,
  displayName: `User ${number}`,
  userType: 'Member',
  accountEnabled: true,
  department: 'Sales',
  usageLocation: 'NL',
  ...more,
});
const crowd = Array.from({ length: 250 }, (_, index) => userId(1_000 + index));
const tenant: TenantLineInput[] = [
  {
    type: 'tenant',
    tenantId: '20000000-0000-4000-8000-000000000000',
    displayName: 'Contoso',
    domains: ['contoso.com'],
    countryLetterCode: 'NL',
  },
  sku(ems, 'EMS', [
    [intune, 'INTUNE_A'],
    [entra, 'AAD_PREMIUM'],
  ]),
  sku(exchangeS, 'EXCHANGESTANDARD', [[exchangePlanS, 'EXCHANGE_S_STANDARD']]),
  sku(exchangeE, 'EXCHANGEENTERPRISE', [[exchangePlanE, 'EXCHANGE_S_ENTERPRISE']]),
  sku('c5928f49-12ba-48f7-ada3-0d743a3601d5', 'VISIOCLIENT', [], 0),
  { type: 'exclusive', servicePlanIds: [exchangePlanS, exchangePlanE] },
  user(900),
  user(1, { managerId: boss, jobTitle: 'Seller' }),
  user(2, { usageLocation: null, department: null }),
  ...[3, 4, 5, 6, 7, 8].map((number) => user(number)),
  user(9, { usageLocation: null }),
  ...crowd.map((_, index) => user(1_000 + index)),
  { type: 'group', id: staff, displayName: 'SG-Staff', members: [sales] },
  { type: 'group', id: sales, displayName: "SG-Sales & O'Neil", members: [userId(1), ...crowd] },
  {
    type: 'group',
    id: licensed,
    displayName: 'SG-Licensed',
    members: [userId(8)],
    assignedLicenses: [{ skuId: exchangeS }],
  },
];
const everything: Needs = {
  properties: new Set(['department', 'jobTitle', 'userPrincipalName', 'onPremisesSyncEnabled', 'manager/id']),
  directGroups: true,
  transitiveGroups: true,
};
const holdings: Needs = {
  properties: new Set(),
  directGroups: false,
  transitiveGroups: false,
};

let graph: RunningGraph;
let directory: Directory;
const settings = { echoMs: { min: 0, max: 0 } };
beforeAll(async () => {
  graph = await startGraph({
    tenant: tenant.map((line) => tenantLineSchema.parse(line)),
    random: seededRandom(4),
    settings,
  });
  directory = makeGraphDirectory({
    credential: makeEmbeddedCredential(graph),
    graphOrigin: graph.origin,
    clock: systemClock,
    random: seededRandom(5),
    logger: silentLogger,
  });
});
afterEach(() => {
  Object.assign(graph.engine.settings, makeSettings(settings));
});
afterAll(() => graph.stop());

const assign = (id: UserId, skuId: typeof ems, disabledPlans: (typeof intune)[] = []) =>
  directory.assignLicense(id, { add: [{ skuId, disabledPlans }], remove: [] });
async function classOf(work: Promise<unknown>): Promise<string> {
  const error: unknown = await work.then(
    () => undefined,
    (thrown: unknown) => thrown,
  );
  expect(error).toBeInstanceOf(GraphError);
  return (error as GraphError).class;
}

describe('Directory over the embedded Graph', () => {
  it('reads a user with holdings, manager, direct and nested groups', async () => {
    const snapshot = await directory.readUser(userId(1), everything);

    expect(snapshot?.user).toEqual({
      id: userId(1),
      usageLocation: 'NL',
      assignments: [],
      properties: {
        id: userId(1),
        usageLocation: 'NL',
        department: 'Sales',
        jobTitle: 'Seller',
        userPrincipalName: 'user1@contoso.com',
        onPremisesSyncEnabled: null,
        manager: { id: boss },
        memberOf: [{ id: sales, displayName: "SG-Sales & O'Neil" }],
      },
    });
    expect(snapshot?.transitiveGroups?.map(({ id }) => id).sort()).toEqual([staff, sales]);
  });

  it('knows what is empty from what was not asked for', async () => {
    const snapshot = await directory.readUser(userId(2), everything);

    expect(snapshot?.user.properties).toMatchObject({ department: null, manager: null, memberOf: [] });
    expect(snapshot?.user.usageLocation).toBeNull();
    expect(snapshot?.user.properties).not.toHaveProperty('displayName');
  });

  it('finds a user by principal name, and none that is not there', async () => {
    expect((await directory.findUser('USER1@contoso.com', holdings))?.user.id).toBe(userId(1));
    expect(await directory.readUser(userId(424242), everything)).toBeUndefined();
  });

  it('lists every user as reading them one by one gives them, page by page', async () => {
    await assign(userId(2), ems, [intune]).catch(() => undefined);
    const pages: number[] = [];
    const listed = new Map<UserId, DirectoryUser>();
    for await (const page of directory.listUsers(everything)) {
      pages.push(page.length);
      for (const each of page) listed.set(each.id, each);
    }

    const alone = await Promise.all(
      [1, 2, 8, 9, 1_003].map((number) => directory.readUser(userId(number), everything)),
    );

    expect(listed.size).toBe(graph.engine.tenant.userCount);
    expect(Math.max(...pages)).toBeLessThanOrEqual(999);
    expect(alone.map((snapshot) => listed.get(snapshot?.user.id as UserId))).toEqual(
      alone.map((snapshot) => snapshot?.user),
    );
  });

  it('lists users without the groups that no rule asks for, and through throttling', async () => {
    changeSettings(graph.engine.settings, { error429Rate: 0.2, error503Rate: 0.1, retryAfterSeconds: 0.05 });
    const listed: DirectoryUser[] = [];
    for await (const page of directory.listUsers(holdings)) listed.push(...page);

    expect(new Set(listed.map(({ id }) => id)).size).toBe(graph.engine.tenant.userCount);
    expect(listed[0]?.properties).toEqual({ id: listed[0]?.id, usageLocation: listed[0]?.usageLocation });
  });

  it('stops a listing of users when it is told to', async () => {
    const stop = new AbortController();
    stop.abort();

    const listing = directory.listUsers(holdings, stop.signal)[Symbol.asyncIterator]();

    await expect(listing.next()).rejects.toThrow();
  });

  it.each([
    ['a display name, in any case', 'sg-STAFF', [{ id: staff, displayName: 'SG-Staff' }]],
    ['a name with a quote', "SG-Sales & O'Neil", [{ id: sales, displayName: "SG-Sales & O'Neil" }]],
    ['an id', staff.toUpperCase(), [{ id: staff, displayName: 'SG-Staff' }]],
    ['a name that no group has', 'SG-Missing', []],
    ['an id that no group has', '10000000-0000-4000-8000-00000000dead', []],
  ])('finds groups by %s', async (_, reference, expected) => {
    expect(await directory.findGroups(reference)).toEqual(expected);
  });

  it.each([
    ['sg-st', ['SG-Staff']],
    ["SG-Sales & O'", ["SG-Sales & O'Neil"]],
    ['nothing', []],
  ])('tells the names of groups that begin with %s', async (beginning, names) => {
    expect(await directory.groupNamesFrom(beginning)).toEqual(names);
  });

  it('lists the SKUs with their seats and plans', async () => {
    const skus = await directory.listSkus();

    const found = skus.find(({ skuId }) => skuId === ems);
    expect(found).toMatchObject({
      skuPartNumber: 'EMS',
      appliesTo: 'User',
      enabledUnits: 50,
      capabilityStatus: 'Enabled',
    });
    expect(found?.servicePlans.map(({ servicePlanName }) => servicePlanName)).toEqual([
      'INTUNE_A',
      'AAD_PREMIUM',
    ]);
  });

  it('gives EMS without INTUNE_A, changes its plans, and takes it back', async () => {
    await assign(userId(3), ems, [intune]);
    const given = await directory.readUser(userId(3), holdings);
    const details = await directory.readLicenseDetails(userId(3));
    await assign(userId(3), ems, []);
    const changed = await directory.readUser(userId(3), holdings);
    await directory.assignLicense(userId(3), { add: [], remove: [ems] });
    const taken = await directory.readUser(userId(3), holdings);

    expect(given?.user.assignments).toEqual([
      { skuId: ems, assignedByGroup: null, disabledPlans: [intune], state: 'Active', error: null },
    ]);
    const plans = details[0]?.servicePlans ?? [];
    expect(Object.fromEntries(plans.map((plan) => [plan.servicePlanName, plan.provisioningStatus]))).toEqual({
      INTUNE_A: 'Disabled',
      AAD_PREMIUM: 'Success',
    });
    expect(changed?.user.assignments[0]?.disabledPlans).toEqual([]);
    expect(taken?.user.assignments).toEqual([]);
  });

  it('tells inherited licenses from direct ones', async () => {
    const snapshot = await directory.readUser(userId(8), holdings);

    expect(snapshot?.user.assignments).toMatchObject([{ skuId: exchangeS, assignedByGroup: licensed }]);
  });

  it('sets a usage location, without which there is no license', async () => {
    const refused = await classOf(assign(userId(9), ems));

    await directory.setUsageLocation(userId(9), 'NL');
    await assign(userId(9), ems);

    expect(refused).toBe('usageLocation');
    expect((await directory.readUser(userId(9), holdings))?.user.usageLocation).toBe('NL');
  });

  it.each([
    ['seats', () => assign(userId(4), toSkuId('c5928f49-12ba-48f7-ada3-0d743a3601d5'))],
    ['conflict', () => assign(userId(5), exchangeS).then(() => assign(userId(5), exchangeE))],
    ['configuration', () => assign(userId(4), toSkuId('11111111-0000-4000-8000-000000000001'))],
    ['configuration', () => assign(userId(4), ems, [exchangePlanS])],
    ['notHeld', () => directory.assignLicense(userId(4), { add: [], remove: [ems] })],
    ['inherited', () => directory.assignLicense(userId(8), { add: [], remove: [exchangeS] })],
    ['gone', () => assign(userId(424242), ems)],
    [
      'prohibitedLocation',
      () => directory.setUsageLocation(userId(6), 'KP').then(() => assign(userId(6), ems)),
    ],
  ])('meets a refusal of class %s', async (errorClass, work) => {
    expect(await classOf(work())).toBe(errorClass);
  });

  it('names the plans of a conflict, in both wordings', async () => {
    await assign(userId(7), exchangeS);
    const ids: (readonly string[])[] = [];
    for (const conflictWording of ['classic', 'pairs'] as const) {
      changeSettings(graph.engine.settings, { conflictWording });
      const error: unknown = await assign(userId(7), exchangeE).catch((thrown: unknown) => thrown);
      ids.push([...(error as GraphError).ids].sort());
    }

    expect(ids).toEqual([[exchangePlanS, exchangePlanE].sort(), [exchangePlanS, exchangePlanE].sort()]);
  });

  it('reads through throttling and failures, whole or in parts of a batch', async () => {
    changeSettings(graph.engine.settings, {
      error429Rate: 0.15,
      error503Rate: 0.1,
      error500Rate: 0.1,
      retryAfterSeconds: 0.05,
    });

    const reads = await Promise.all(crowd.slice(0, 20).map((id) => directory.readUser(id, everything)));

    expect(reads.every((read) => read?.transitiveGroups?.length === 2)).toBe(true);
  });

  it('does not know whether a write was done whose connection broke, and reading back tells', async () => {
    changeSettings(graph.engine.settings, { resetAfterCommitRate: 1 });

    const errorClass = await classOf(assign(crowd[0] as UserId, ems));
    changeSettings(graph.engine.settings, { resetAfterCommitRate: 0 });

    expect(errorClass).toBe('ambiguous');
    expect((await directory.readUser(crowd[0] as UserId, holdings))?.user.assignments).toHaveLength(1);
  });

  it('calls a token without rights a matter of permission', async () => {
    const credential = { getToken: async () => ({ token: 'made-up', expiresOnTimestamp: 0 }) };
    const stranger = makeGraphDirectory({
      credential,
      graphOrigin: graph.origin,
      clock: systemClock,
      random: seededRandom(6),
      logger: silentLogger,
    });

    expect(await classOf(stranger.listSkus())).toBe('permission');
  });

  it("walks a group's users by name and by id, nested ones included", async () => {
    for (const group of ["SG-Sales & O'Neil", staff]) {
      const members = new Set<string>();
      for await (const page of directory.groupMembers(group)) for (const id of page) members.add(id);

      expect(members).toEqual(new Set([userId(1), ...crowd]));
    }
  });

  it('follows changes from now on, in pages, and loses its place when the token expires', async () => {
    const properties = new Set(['department', 'usageLocation']);
    const start = await directory.deltaFromNow(properties);
    changeSettings(graph.engine.settings, { deltaPageSize: 2, emptyDeltaPageRate: 0.3 });
    for (const id of crowd.slice(10, 15)) await directory.setUsageLocation(id, 'DE');

    const changes: DeltaChange[] = [];
    let link = start;
    for (let deltaLink: string | undefined; deltaLink === undefined;) {
      const page = await directory.deltaPage(link);
      changes.push(...page.changes);
      deltaLink = page.deltaLink;
      link = page.nextLink ?? page.deltaLink ?? '';
    }
    graph.engine.clock.advance(8 * 24 * 3_600_000);

    expect(new Set(changes.map(({ id }) => id))).toEqual(new Set(crowd.slice(10, 15)));
    expect(await classOf(directory.deltaPage(link))).toBe('syncStateLost');
  });

  it('reads every user when it starts from the beginning', async () => {
    const ids = new Set<string>();
    let link: string | undefined = directory.deltaFromStart(new Set(['department']));
    while (link !== undefined) {
      const page = await directory.deltaPage(link);
      for (const { id } of page.changes) ids.add(id);
      link = page.nextLink;
    }

    expect(ids.size).toBe(graph.engine.tenant.userCount);
  });
});

describe('subscriptions over the embedded Graph', () => {
  it('are created after the handshake, listed and renewed', async () => {
    const endpoint = createServer((request, response) => {
      const token = new URL(request.url ?? '', 'http://x').searchParams.get('validationToken');
      request.resume();
      response.writeHead(200, { 'content-type': 'text/plain' }).end(token ?? '');
    });
    await new Promise<void>((resolve) => endpoint.listen(0, '127.0.0.1', resolve));
    const notificationUrl = `http://127.0.0.1:${(endpoint.address() as AddressInfo).port}/notify`;
    const expiresAt = graph.engine.clock.now() + 3_600_000;

    const created = await directory.createSubscription({ notificationUrl, clientState: 'state', expiresAt });
    await directory.renewSubscription(created.id, expiresAt + 3_600_000);
    const [listed] = await directory.listSubscriptions();
    endpoint.closeAllConnections();
    await new Promise((resolve) => endpoint.close(resolve));

    expect(listed).toMatchObject({ id: created.id, notificationUrl });
    expect(Date.parse(listed?.expirationDateTime ?? '')).toBe(expiresAt + 3_600_000);
  });
});
