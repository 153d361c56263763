import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { changeSettings } from '@auto-licenser/graph-emulator/settings';
import type { DeltaChange, DirectoryUser } from '../../../shared/graph/directory';
import { makeGraphDirectory } from '../../../shared/graph/graph-directory';
import { systemClock } from '../../../shared/kernel/clock';
import type { UserId } from '../../../shared/kernel/ids';
import { silentLogger } from '../../../shared/kernel/logger';
import { seededRandom } from '../../../shared/kernel/random';
import { Secret } from '../../../shared/kernel/secret';
import { keepSubscription } from '../../../shared/pipeline/intake/keep-subscription';
import type { Services } from '../../../shared/pipeline/services';
import { makeMemoryCursors } from '../../support/memory/memory-cursors';
import { quietTask } from '../../support/quiet-task';
import { startEmbeddedDirectory } from '../../support/graph/embedded-directory';
import type { EmbeddedDirectory } from '../../support/graph/embedded-directory';
import { userId } from '../../support/user-states';
import type { Needs } from '../../../shared/words/needs';
import { boss, classOf, crowd, ems, holdings, intune, sales, staff } from '../../support/graph/small-tenant';

const everything: Needs = {
  properties: new Set(['department', 'jobTitle', 'userPrincipalName', 'onPremisesSyncEnabled', 'manager/id']),
  directGroups: true,
  transitiveGroups: true,
};

let world: EmbeddedDirectory;
let graph: EmbeddedDirectory['graph'];
let directory: EmbeddedDirectory['directory'];
let assign: EmbeddedDirectory['assign'];
beforeAll(async () => {
  world = await startEmbeddedDirectory();
  ({ graph, directory, assign } = world);
});
afterEach(() => world.resetSettings());
afterAll(() => graph.stop());

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
    const found = expected.map((group) => ({ ...group, securityEnabled: null }));
    expect(await directory.findGroups(reference)).toEqual(found);
  });

  it.each([
    ['sg-st', ['SG-Staff']],
    ["SG-Sales & O'", ["SG-Sales & O'Neil"]],
    ['nothing', []],
  ])('tells the names of groups that begin with %s', async (beginning, names) => {
    expect(await directory.groupNamesFrom(beginning)).toEqual(names);
  });

  it('names the domain that new users get', async () => {
    expect(await directory.defaultDomain()).toBe('contoso.com');
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

    const created = await directory.createSubscription({
      resource: 'users',
      notificationUrl,
      clientState: 'state',
      expiresAt,
    });
    await directory.renewSubscription(created.id, expiresAt + 3_600_000);
    const [listed] = await directory.listSubscriptions();
    endpoint.closeAllConnections();
    await new Promise((resolve) => endpoint.close(resolve));

    expect(listed).toMatchObject({ id: created.id, notificationUrl });
    expect(Date.parse(listed?.expirationDateTime ?? '')).toBe(expiresAt + 3_600_000);
  });

  it('are made although the app, which has just started, is too slow for the first handshake', async () => {
    changeSettings(graph.engine.settings, { handshakeTimeoutMs: 200 });
    let asked = 0;
    const endpoint = createServer((request, response) => {
      const token = new URL(request.url ?? '', 'http://x').searchParams.get('validationToken');
      request.resume();
      if (++asked > 1) response.writeHead(200, { 'content-type': 'text/plain' }).end(token ?? '');
    });
    await new Promise<void>((resolve) => endpoint.listen(0, '127.0.0.1', resolve));
    const notificationUrl = `http://127.0.0.1:${(endpoint.address() as AddressInfo).port}/slow`;
    const { clock } = graph.engine;
    const services = {
      clock,
      cursors: makeMemoryCursors(() => clock.now()),
      directory,
      settings: { notificationUrl, clientState: new Secret('a-client-state-of-a-test') },
    } as unknown as Services;

    await keepSubscription(services, quietTask);
    const listed = await directory.listSubscriptions();
    endpoint.closeAllConnections();
    await new Promise((resolve) => endpoint.close(resolve));

    expect(asked).toBe(2);
    expect(listed).toMatchObject([{ notificationUrl, lifecycleNotificationUrl: notificationUrl }]);
  });
});
