import { describe, expect, it } from '@jest/globals';
import { toGroupId } from '../../../../shared/kernel/ids';
import { decided } from '../../../support/decided';
import { ems, intune, makePipelineWorld } from '../../../support/pipeline-world';

const group = { id: toGroupId('cccccccc-0000-4000-8000-000000000001'), displayName: 'SG-Devices' };
const byDepartment = `
  - name: sales
    when: 'user.department -eq "Sales"'
    assign:
      - { sku: EMS, disable: [INTUNE_A] }`;
const byGroup = `
  - name: devices
    memberOf: [SG-Devices]
    assign:
      - sku: EMS`;

/** A user in the group; `reads` tells what was read of the user, in order. */
function makeWorld({ rules = byDepartment + byGroup, mode = 'enforce', department = 'Sales' } = {}) {
  const t = makePipelineWorld();
  t.world.policyText = `version: 1\nmode: ${mode}\nrules:${rules}\n`;
  t.world.tenantGroups = [group];
  t.world.user.groups = [group];
  t.world.user.properties['department'] = department;
  const reads: string[] = [];
  const { directory } = t.pipeline;
  const [readUser, readGroups] = [directory.readUser.bind(directory), directory.readGroups.bind(directory)];
  const readings: Pick<typeof directory, 'readUser' | 'readGroups'> = {
    readUser: (id, read) => {
      reads.push(read.transitiveGroups ? 'whole' : 'user');
      return readUser(id, read);
    },
    readGroups: (id, read) => {
      reads.push('groups');
      return readGroups(id, read);
    },
  };
  Object.assign(directory, readings);
  return { ...t, reads };
}

describe('the first look at a user', () => {
  it('reads no groups where properties show that something is to be written, and what writes reads them', async () => {
    const t = makeWorld();

    const operation = await decided(t);
    expect(t.reads).toEqual(['user']);
    expect(operation.operation.add).toEqual([{ skuId: ems, disabledPlans: [intune] }]);
    // What the other rule gives is no trouble meanwhile.
    expect(JSON.stringify([t.state()?.reasons, t.state()?.skus, t.timeline])).not.toContain('undecided');
    await t.apply(operation);

    expect(t.reads).toEqual(['user', 'whole']);
    expect(t.writes).toEqual([{ add: [{ skuId: ems, disabledPlans: [] }], remove: [] }]);
    expect(t.state()?.outcome).toBe('licensed');
  });

  it('reads the groups, and not the user again, where properties show nothing', async () => {
    const t = makeWorld({ department: 'Legal' });

    await t.apply(await decided(t));

    expect(t.reads).toEqual(['user', 'groups', 'whole']);
    expect(t.writes).toHaveLength(1);
  });

  it('settles a user to whom nothing is owed as any other look does', async () => {
    const t = makeWorld({ department: 'Legal' });
    t.world.user.groups = [];

    await t.decide();
    expect(t.state()).toMatchObject({ outcome: 'nothing', reasons: [{ code: 'policy/no-rule' }] });
    const { digest } = t.state() ?? {};
    await t.decide(t.hint({ source: 'operator' }));

    expect(t.reads).toEqual(['user', 'groups', 'whole']);
    // Else the second look would take the first one for that of a replica that is behind.
    expect(t.state()?.digest).toBe(digest);
  });

  it.each([
    ['the policy only observes', { mode: 'observe' }],
    ['every rule asks for groups', { rules: byGroup }],
  ])('reads all at once where %s', async (_why, policy) => {
    const t = makeWorld(policy);

    await t.decide();

    expect(t.reads).toEqual(['whole']);
  });

  it('that finds no free seat reads the groups too: they may give another license', async () => {
    const t = makeWorld();
    t.world.seats.enabled = 0;

    await t.decide();

    expect(t.reads.slice(0, 2)).toEqual(['user', 'groups']);
    expect(t.state()?.outcome).toBe('waiting');
  });

  it('without groups is no proof that deciding works, by which a pause would end or another user be blamed', async () => {
    const t = makeWorld();
    await t.pipeline.control.pause({
      ...{ scope: 'intake', origin: 'permission', reason: 'Groups: 403', by: 'licenser' },
      ...{ at: t.now() - 120_000, probedAt: null },
    });

    await t.decide();

    expect(t.reads).toEqual(['user']);
    expect(await t.pipeline.lastSuccess.of('intake')).toBeUndefined();
    expect(await t.pipeline.control.pauses()).toMatchObject([{ scope: 'intake' }]);
  });

  it.each(['Sales', 'Legal'])('of one who is not there is no proof either (%s)', async (department) => {
    const t = makeWorld({ department });
    Object.assign(t.pipeline.directory, { readUser: async () => undefined });

    await t.decide();

    expect(t.state()?.missingSince).not.toBeNull();
    expect(await t.pipeline.lastSuccess.of('intake')).toBeUndefined();
  });

  it('reads the groups where a SKU is paused that they may put another in the place of', async () => {
    const t = makeWorld();
    await t.pipeline.control.pause({
      ...{ scope: `sku:${ems}`, origin: 'operator', reason: 'Audit', by: 'ann@contoso.com' },
      ...{ at: t.now(), probedAt: null },
    });

    await t.decide();

    expect(t.reads.slice(0, 2)).toEqual(['user', 'groups']);
  });

  it('of one who goes in between says so', async () => {
    const t = makeWorld({ department: 'Legal' });
    Object.assign(t.pipeline.directory, { readGroups: async () => undefined });

    await t.decide();

    expect(t.state()?.missingSince).not.toBeNull();
  });
});
