import { describe, expect, it } from '@jest/globals';
import { UserError } from '../../../../shared/kernel/errors';
import { toSkuId } from '../../../../shared/kernel/ids';
import type { SubscribedSku } from '../../../../shared/words/sku';
import { decided } from '../../../support/decided';
import { ems, intune, makePipelineWorld, premium, refusal } from '../../../support/pipeline-world';

const powerBi: SubscribedSku = {
  skuId: toSkuId('f8a1db68-be16-40ed-86d5-cb42ce701560'),
  ...{ skuPartNumber: 'POWER_BI_PRO', appliesTo: 'User', capabilityStatus: 'Enabled' },
  ...{ enabledUnits: 100, consumedUnits: 0, servicePlans: [] },
};

describe('decide and apply', () => {
  it('license a new user once, and say so in ledger and timeline', async () => {
    const t = makePipelineWorld();

    await t.apply(await decided(t));

    expect(t.writes).toEqual([{ add: [{ skuId: ems, disabledPlans: [intune] }], remove: [] }]);
    expect(t.state()).toMatchObject({ outcome: 'licensed', intent: null, tries: 1 });
    expect(t.ledger()).toMatchObject([{ skuId: ems, disabledByUs: [intune] }]);
    expect(t.timeline.map(({ step }) => step)).toEqual(['seen', 'decided', 'intended', 'written']);
  });

  it('give what was intended and what was written one number, by which an undo finds what was held before', async () => {
    const t = makePipelineWorld();

    await t.apply(await decided(t));

    const versionOf = (wanted: string) => t.timeline.find(({ step }) => step === wanted)?.version;
    expect(versionOf('written')).toBe(t.state()?.version);
    expect(versionOf('intended')).toBe(versionOf('written'));
  });

  it.each([undefined, true] as const)(
    'try again in the lane of the first hint (a crowd: %s)',
    async (crowd) => {
      const t = makePipelineWorld();
      const readUser = t.pipeline.directory.readUser.bind(t.pipeline.directory);
      Object.assign(t.pipeline.directory, {
        readUser: async () => {
          throw refusal('unavailable', 503);
        },
      });

      await t.decide(t.hint(crowd === undefined ? {} : { crowd }));
      const retries = t.sent.map((one) => (one.kind === 'hint' ? [one.hint.source, one.hint.crowd] : one));
      Object.assign(t.pipeline.directory, { readUser });
      await t.step();

      expect(retries).toEqual([['retry', crowd]]);
      expect(t.sent).toMatchObject([
        { kind: 'operation', queue: crowd === true ? 'license-changes-bulk' : 'license-changes' },
      ]);
    },
  );

  it('keep the names of a user for the lists that people read', async () => {
    const t = makePipelineWorld();
    Object.assign(t.world.user.properties, { userPrincipalName: 'ann@contoso.com', displayName: 'Ann' });

    const operation = await decided(t);
    // Also while the write waits, such as behind a pause.
    expect(t.state()).toMatchObject({ userPrincipalName: 'ann@contoso.com', displayName: 'Ann' });
    await t.apply(operation);

    expect(t.state()).toMatchObject({ userPrincipalName: 'ann@contoso.com', displayName: 'Ann' });
  });

  it('goes on with a user whom apply parked while the policy could not be read', async () => {
    const t = makePipelineWorld();
    const operation = await decided(t);
    const readable = { ...t.pipeline.policy };
    Object.assign(t.pipeline.policy, {
      forUser: async () => {
        throw new UserError('policy/unreadable', 'The policy file cannot be read');
      },
    });

    await t.apply(operation);
    Object.assign(t.pipeline.policy, readable);
    while (await t.step());

    expect(t.state()?.outcome).toBe('licensed');
    expect(t.writes).toHaveLength(1);
  });

  it('looks at a user whose scheduled hint overtook the commit of its row', async () => {
    const t = makePipelineWorld();
    t.world.user.isThere = false;
    // The tables hang between the sending of the scheduled hint and the commit that knows its token.
    let overtaking = true;
    t.world.beforeCommit = async () => {
      if (!overtaking) return;
      overtaking = false;
      t.world.user.isThere = true;
      const scheduled = t.sent.shift();
      if (scheduled?.kind !== 'hint') throw new Error('No look was scheduled');
      t.advance(60_000);
      await t.decide(scheduled.hint);
    };

    await t.decide();
    while (await t.step());

    expect(t.state()?.outcome).toBe('licensed');
  });

  it('keeps looking for a fresh user although our clock is behind the broker’s', async () => {
    const t = makePipelineWorld();
    t.world.user.isThere = false;
    await t.decide();
    const scheduled = t.sent.shift();
    if (scheduled?.kind !== 'hint') throw new Error('No look was scheduled');

    // The broker delivers it although our clock says that it is not due yet.
    await t.decide(scheduled.hint);

    expect(t.sent).toHaveLength(1);
  });

  it('reads again when the quota took its time, and leaves what a person did meanwhile', async () => {
    const t = makePipelineWorld();
    const operation = await decided(t);
    t.world.onQuota = async () => {
      t.advance(300_000);
      t.hold([]);
    };

    await t.apply(operation);

    expect(t.writes).toEqual([]);
    expect(t.ledger()).toEqual([]);
    expect(t.state()?.outcome).toBe('nothing');
  });

  it('waits for a seat instead of asking for it again and again', async () => {
    const t = makePipelineWorld();
    t.hold([premium]);
    // The license is by hand, but the ledger says ours: a plan change, which a full SKU refuses.
    const operation = await (async () => {
      t.world.user.assignments = [];
      return decided(t);
    })();
    t.world.beforeWrite = async () => {
      throw refusal('seats');
    };

    await t.apply(operation);

    expect(t.writes.length).toBeLessThanOrEqual(2);
    expect(t.state()?.outcome).toBe('waiting');
    expect(t.sent).toMatchObject([{ kind: 'hint', hint: { source: 'retry' } }]);
  });

  it('looks again after the read lag when a read takes back what we gave', async () => {
    const t = makePipelineWorld();
    await t.apply(await decided(t));
    t.world.user.assignments = [];
    t.advance(35_000);

    await t.decide(t.hint({ source: 'notification' }));

    expect(t.state()?.outcome).toBe('licensed');
    const [look] = t.sent;
    if (look?.kind !== 'hint') throw new Error('No look was scheduled');
    expect(look.at).toBeGreaterThan((t.state()?.lastWrite?.at ?? 0) + 300_000);
    while (await t.step());
    expect(t.writes).toHaveLength(2);
  });

  it('believes no read that shows the state before the first of two writes', async () => {
    const t = makePipelineWorld();
    t.world.moreSkus = [powerBi];
    t.world.policyText += `  - { name: delft, when: 'user.city -eq "Delft"', assign: [{ sku: POWER_BI_PRO }] }
removal: { mode: remove, grace: 30d }\n`;
    await t.apply(await decided(t));
    Object.assign(t.world.user.properties, { department: 'Research', city: 'Delft' });
    t.advance(10_000);
    await t.apply(await decided(t));
    const { assignments } = t.world.user;
    t.world.user.assignments = [];
    t.advance(5_000);

    // Reads are behind; writes are not.
    t.world.beforeWrite = async () => {
      t.world.user.assignments = assignments;
    };
    await t.decide(t.hint({ source: 'notification' }));
    const operation = t.sent.find((one) => one.kind === 'operation');
    if (operation !== undefined) await t.apply(operation.message);
    t.world.user.assignments = assignments;
    while (await t.step());

    // Without its entry, the license that no rule grants any more would stay for ever, as if a person had given it.
    expect(t.writes).toMatchObject([
      { add: [{ skuId: ems }] },
      { add: [{ skuId: powerBi.skuId }] },
      { remove: [ems] },
    ]);
    expect(t.ledger()).toMatchObject([{ skuId: powerBi.skuId }]);
  });

  it('keeps a crowd’s retries in the bulk queue', async () => {
    const t = makePipelineWorld();
    await t.decide(t.hint({ crowd: true }));
    const operation = t.sent.shift();
    if (operation?.kind !== 'operation') throw new Error('No operation was sent');
    expect(operation.queue).toBe('license-changes-bulk');
    t.world.beforeWrite = async () => {
      throw refusal('usageLocation');
    };

    await t.apply(operation.message, 'license-changes-bulk');

    expect(t.sent).toMatchObject([{ kind: 'hint', hint: { crowd: true } }]);
  });

  it('learns from one refusal that usage locations lag, and spares the next user a write in vain', async () => {
    const t = makePipelineWorld();
    t.world.policyText = `usageLocation: { default: NL }\n${t.world.policyText}`;
    t.world.user.properties['usageLocation'] = null;
    t.pipeline.locationLag.refusedAt = t.now();

    await t.apply(await decided(t));

    expect(t.world.user.properties['usageLocation']).toBe('NL');
    expect(t.writes).toEqual([]);
    expect(t.sent).toMatchObject([{ kind: 'hint', hint: { source: 'retry' } }]);
    while (await t.step());
    expect(t.writes).toHaveLength(1);
    expect(t.state()?.outcome).toBe('licensed');
  });

  it('settles the failure of a user who is licensed after all', async () => {
    const t = makePipelineWorld();
    const operation = await decided(t);
    t.world.beforeWrite = async () => {
      throw refusal('badRequest');
    };
    await t.apply(operation);
    expect(t.failures).toMatchObject([{ class: 'badRequest' }]);
    t.world.beforeWrite = async () => undefined;

    await t.decide(t.hint({ source: 'operator' }));
    while (await t.step());

    expect(t.state()?.outcome).toBe('licensed');
    expect(t.failures).toEqual([]);
  });

  it('looks once at all the echoes of its own write', async () => {
    const t = makePipelineWorld();
    await t.apply(await decided(t));
    let reads = 0;
    t.world.beforeRead = async () => {
      reads++;
    };

    for (let echo = 0; echo < 6; echo++) {
      t.advance(300);
      await t.decide(t.hint({ source: echo % 2 === 0 ? 'notification' : 'delta' }));
    }
    expect(reads).toBe(0);
    while (await t.step());

    expect(reads).toBe(1);
    expect(t.writes).toHaveLength(1);
  });

  it('sees with that one look what another writer changed meanwhile', async () => {
    const t = makePipelineWorld();
    await t.apply(await decided(t));
    t.advance(1_000);
    t.world.user.properties['department'] = 'Sales, moved';

    await t.decide(t.hint({ source: 'notification' }));
    while (await t.step());

    expect(t.state()?.skus.map(({ outcome }) => outcome)).not.toEqual(['licensed']);
  });

  it('writes nothing in observe mode, and says what it would', async () => {
    const t = makePipelineWorld();
    t.world.policyText = `mode: observe\n${t.world.policyText}`;

    await t.decide();

    expect(t.sent).toEqual([]);
    expect(t.writes).toEqual([]);
    expect(t.ledger()).toEqual([]);
    expect(t.state()).toMatchObject({ outcome: 'held', reasons: [{ code: 'mode/observe' }, {}] });
    expect(t.state()?.reasons[0]?.text).toContain('assign EMS without INTUNE_A');
  });
});
