import { beforeEach, describe, expect, it } from '@jest/globals';
import { toServicePlanId, toSkuId } from '../../../../shared/kernel/ids';
import { grantExtra, neverTouch, releaseExceptions } from '../../../../shared/ops/exceptions/make-exception';
import { releaseUndo, undoUser } from '../../../../shared/ops/exceptions/undo-user';
import { makeTableWorld } from '../../../support/memory/table-world';
import { ems, intune } from '../../../support/pipeline-world';
import { userId } from '../../../support/user-states';

const user = userId(1);
const powerBi = toSkuId('f8a1db68-be16-40ed-86d5-cb42ce701560');
const ada = { by: 'ada', why: 'a project' };
const day = 86_400_000;

let world: ReturnType<typeof makeTableWorld>;
let services: ReturnType<ReturnType<typeof makeTableWorld>['services']>;
beforeEach(() => {
  world = makeTableWorld();
  world.world.moreSkus = (['User', 'Company'] as const).map((appliesTo, index) => ({
    skuId: index === 0 ? powerBi : toSkuId('c5928f49-12ba-48f7-ada3-0d743a3601d5'),
    skuPartNumber: index === 0 ? 'POWER_BI_PRO' : 'TENANT_WIDE',
    ...{ appliesTo, capabilityStatus: 'Enabled', enabledUnits: 100, consumedUnits: 0 },
    servicePlans: [
      {
        servicePlanId: toServicePlanId('70d33638-9c74-4d01-bfd3-562de28bd4ba'),
        ...{ servicePlanName: 'BI_AZURE_P2', appliesTo, provisioningStatus: 'Success' },
      },
    ],
  }));
  services = world.services();
  Object.assign(services.directory, {
    findUser: async () => ({
      user: {
        id: user,
        properties: { userPrincipalName: 'ann@contoso.com' },
        usageLocation: 'NL',
        assignments: world.world.user.assignments,
      },
      transitiveGroups: [],
    }),
  });
});
const stored = async () => (await services.users.read(user)).exception;
const looks = () =>
  world.sent.map((one) => (one.kind === 'hint' ? [one.hint.user.id, one.hint.source] : one.kind));
const inDays = (days: number) => world.now() + days * day;
const iso = (at: number) => new Date(at).toISOString();
const grant = (sku: string, days: number, disable: readonly string[] = []) =>
  grantExtra(services, { user, sku, disable, until: inDays(days) }, ada);
/** The SKUs of the exception, with the days that each has from now on. */
const extras = async () =>
  (await stored())?.skus.map(({ skuId, extra }) => [skuId, ((extra?.until ?? 0) - world.now()) / day]);

describe('an extra license', () => {
  it('is stored with its origin, in timeline and audit, and the user is looked at', async () => {
    world.world.user.properties['department'] = 'Legal';

    const made = await grant('ems', 2, ['intune_a']);

    const text = `an extra EMS without INTUNE_A until ${iso(inDays(2))}`;
    expect(made).toMatchObject({
      ...{ userId: user, userPrincipalName: 'ann@contoso.com', until: iso(inDays(2)), text },
      next: { outcome: 'pinned', operation: expect.stringContaining('EMS') },
    });
    expect(await stored()).toMatchObject({
      until: null,
      skus: [
        {
          ...{ skuId: ems, disabledPlans: [intune] },
          extra: { until: inDays(2), by: 'ada', why: 'a project', at: world.now() },
        },
      ],
    });
    expect(looks()).toEqual([[user, 'operator']]);
    const told: string[] = (await services.users.timeline(user)).map((entry) => entry.text);
    expect(told).toEqual([`${text}, says ada: a project`]);
    const audited = [];
    for await (const entry of services.audit.list()) audited.push(entry);
    expect(audited).toMatchObject([
      { action: 'exception/grant', subject: user, by: 'ada', why: 'a project' },
    ]);
  });

  it('takes the place of an earlier one of its SKU, and stands beside one of another', async () => {
    await grant('EMS', 2);
    await grant('POWER_BI_PRO', 3);
    await grant('EMS', 4);

    expect(await extras()).toEqual([
      [powerBi, 3],
      [ems, 4],
    ]);
  });

  it('is refused for a SKU that no user can have, and nothing is stored', async () => {
    await expect(grant('TENANT_WIDE', 1)).rejects.toMatchObject({ code: 'ops/not-for-users' });
    await expect(grant('EMS', 1, ['TEAMS1'])).rejects.toMatchObject({ code: 'ops/unknown-plan' });

    expect(await stored()).toBeNull();
    expect(looks()).toEqual([]);
  });
});

describe('a release', () => {
  beforeEach(async () => {
    await grant('EMS', 2);
    await grant('POWER_BI_PRO', 2);
    await neverTouch(services, { user, until: null }, ada);
  });

  it('of one SKU leaves what else there is', async () => {
    const { released, undoStays } = await releaseExceptions(services, { user, sku: 'EMS' }, ada);

    expect([released, undoStays]).toEqual([['extra EMS'], false]);
    expect(await extras()).toEqual([[powerBi, 2]]);
    expect((await stored())?.frozen).toMatchObject({ why: 'a project', until: null });
  });

  it('of everything leaves nothing, and a second one finds nothing', async () => {
    const { released } = await releaseExceptions(services, { user }, ada);

    expect(released).toEqual(['never touch', 'extra EMS', 'extra POWER_BI_PRO']);
    expect(await stored()).toBeNull();
    await expect(releaseExceptions(services, { user }, ada)).rejects.toMatchObject({
      code: 'ops/no-exception',
    });
  });

  it('leaves an undo, and the release of an undo leaves the others', async () => {
    const record = await services.users.read(user);
    const exception = record.exception;
    if (exception === null || record.state === null) throw new Error('There is an exception');
    const undone = [...exception.skus, { skuId: powerBi, disabledPlans: null }];
    const both = { ...exception, skus: undone };
    await services.users.commit(record, { state: record.state, exception: both });

    expect(await releaseUndo(services, user, ada)).toMatchObject({ released: 1 });
    expect(await extras()).toEqual([
      [ems, 2],
      [powerBi, 2],
    ]);
    expect((await stored())?.frozen).toBeDefined();

    const again = await services.users.read(user);
    await services.users.commit(again, { state: record.state, exception: both });
    expect(await releaseExceptions(services, { user }, ada)).toMatchObject({ undoStays: true });
    expect((await stored())?.skus).toEqual([{ skuId: powerBi, disabledPlans: null }]);
  });
});

describe('a user who is not to be touched', () => {
  it('is so until the end that was named, with words that say it', async () => {
    const { until, text } = await neverTouch(services, { user, until: inDays(1) }, ada);

    expect([until, text]).toEqual([
      iso(inDays(1)),
      `nothing is written to this user until ${iso(inDays(1))}`,
    ]);
    expect(await stored()).toMatchObject({ skus: [], until: null, frozen: { until: inDays(1) } });
  });

  it('is so although another process changed the row meanwhile', async () => {
    await world.work(user);
    let reads = 0;
    world.world.beforeRead = async () => {
      if (++reads > 1) return;
      const record = await services.users.read(user);
      await world.stores.users.commit(record, { state: { ...(await seen()), version: 7 } });
    };
    const seen = async () => {
      const { state } = await services.users.read(user);
      if (state === null) throw new Error('The user is known');
      return state;
    };

    await neverTouch(services, { user, until: null }, ada);

    expect((await stored())?.frozen).toMatchObject({ by: 'ada' });
    expect((await seen()).version).toBe(8);
  });
});

describe('an undo', () => {
  it('pins what was held then, keeps extra licenses, and can be released', async () => {
    await grant('POWER_BI_PRO', 2);
    world.advance(60_000);
    const before = world.now();
    world.advance(60_000);
    await world.work(user);
    world.advance(10 * 60_000);

    const undone = await undoUser(services, { user, to: before, until: inDays(1) }, ada);

    expect(undone).toMatchObject({ to: iso(before), until: iso(inDays(1)) });
    expect(undone.licenses).toContainEqual({
      skuPartNumber: 'EMS',
      disabledPlans: null,
      isChangedSince: true,
    });
    expect(undone.next.operation).toContain('EMS');
    const pinned = await stored();
    expect(pinned).toMatchObject({ until: inDays(1), why: 'a project', by: 'ada' });
    expect(pinned?.skus).toContainEqual({ skuId: ems, disabledPlans: null });
    expect(pinned?.skus.filter(({ extra }) => extra !== undefined).map(({ skuId }) => skuId)).toEqual([
      powerBi,
    ]);

    expect(await releaseUndo(services, user, ada)).toMatchObject({ released: 2 });
    expect((await stored())?.skus.map(({ skuId }) => skuId)).toEqual([powerBi]);
    await expect(releaseUndo(services, user, ada)).rejects.toMatchObject({ code: 'ops/no-undo' });
  });

  it('is refused for a time to come, and where nothing is ours', async () => {
    const undo = (to: number) => undoUser(services, { user, to, until: null }, ada);

    await expect(undo(world.now() + 1)).rejects.toMatchObject({ code: 'ops/undo-future' });
    await world.services().users.read(user);
    await expect(undo(world.now())).rejects.toMatchObject({ code: 'ops/undo-nothing' });
    expect(await stored()).toBeNull();
  });
});
