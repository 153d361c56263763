import { describe, expect, it } from '@jest/globals';
import { decided } from '../../support/decided';
import { entriesOf } from '../../../shared/pipeline/row/agenda/agenda';
import { makePipelineWorld, userId } from '../../support/pipeline-world';
import { refuseOnce, takeLook } from './support/refused-looks';

describe('a look that no other look replaces', () => {
  it('is not given up for a writer who has handed over to it, when an echo took the place of its predecessor', async () => {
    const t = makePipelineWorld();
    const operation = await decided(t);
    refuseOnce(t, 'unavailable');
    await t.apply(operation);
    const retry = takeLook(t);
    t.advance(retry.at - t.now());
    const heardAt = new Date(t.now()).toISOString();
    // Reading takes its time, and a hint that was put off comes meanwhile.
    t.world.beforeRead = async () => {
      t.world.beforeRead = async () => undefined;
      t.advance(4_000);
      await t.hear({ source: 'notification', seenAt: heardAt });
    };

    await t.decide(retry.hint);
    expect(t.state()?.retry?.key).toBe('echo');
    while (await t.step());

    expect(t.state()).toMatchObject({ outcome: 'licensed', intent: null });
  });

  it('is not given up for a writer who is still recording that it handed over', async () => {
    const t = makePipelineWorld();
    const operation = await decided(t);
    refuseOnce(t, 'unavailable');
    let commits = 0;
    t.world.beforeCommit = async () => {
      if (++commits !== 2) return;
      // The tables hang: the look that has been sent comes before the row knows of it.
      const retry = takeLook(t);
      t.advance(retry.at - t.now());
      await t.decide(retry.hint);
    };

    await t.apply(operation);
    while (await t.step());

    expect(t.state()).toMatchObject({ outcome: 'licensed', intent: null });
  });

  it('is not given up when Graph knows the user no longer after an unanswered write', async () => {
    const t = makePipelineWorld();
    const operation = await decided(t);
    refuseOnce(t, 'ambiguous');
    let reads = 0;
    t.world.beforeRead = async () => {
      t.world.user.isThere = ++reads !== 2;
    };

    await t.apply(operation);
    expect(t.state()?.retry?.key).toBe('missing');
    while (await t.step());

    expect(t.state()).toMatchObject({ outcome: 'licensed', intent: null });
  });

  it('leaves no row that waits for it when it came before the row knew of it and changed nothing', async () => {
    const t = makePipelineWorld();
    t.world.user.properties['department'] = 'Legal';
    await t.decide();
    t.advance(60_000);
    let once = true;
    t.world.beforeCommit = async () => {
      if (!once) return;
      once = false;
      const look = takeLook(t);
      t.advance(look.at - t.now());
      await t.decide(look.hint);
    };

    // Reported, and not to be seen yet: looked at again.
    await t.decide(t.hint({ source: 'notification' }));

    const { retry } = t.state() ?? {};
    const token = retry?.token ?? 'none';
    expect(t.sent).toMatchObject([{ kind: 'hint', at: retry?.at, hint: { retryToken: token } }]);
  });
});

describe('a look at what was reported right after a write', () => {
  async function reportedAfterWrite() {
    const t = makePipelineWorld();
    await t.apply(await decided(t));
    t.sent.length = 0;
    t.advance(1_000);
    await t.hear({ source: 'notification' });
    t.advance(1_000);
    return t;
  }

  it.each([
    ['before it', 0],
    ['while it stands in its queue', 10_000],
  ])(
    'still comes when another source asks for the user %s: the replica may be behind',
    async (_, afterMs) => {
      const t = await reportedAfterWrite();
      const echo = t.state()?.retry;
      t.advance(afterMs);

      await t.hear({ source: 'operator' });

      expect(t.state()).toMatchObject({ outcome: 'licensed', retry: echo });
      expect(echo?.key).toBe('echo');
    },
  );

  it('still comes when an operation finds nothing to do before it', async () => {
    const t = await reportedAfterWrite();
    const echo = t.state()?.retry;

    await t.apply({
      v: 1,
      operation: { user: { id: userId }, kind: 'assign', add: [], remove: [], why: [], policyHash: 'p' },
      trace: {},
    });

    expect(t.state()).toMatchObject({ outcome: 'licensed', retry: echo });
    expect(echo?.key).toBe('echo');
  });
});

describe('a user of whom two looks show different things', () => {
  it('is looked at again when an operation finds what was there before its decision', async () => {
    const t = makePipelineWorld();
    t.world.user.properties['department'] = 'Legal';
    await t.decide();
    t.advance(60 * 60_000);
    t.world.user.properties['department'] = 'Sales';
    const operation = await decided(t);
    // Apply reads another replica, which is behind.
    t.world.user.properties['department'] = 'Legal';

    await t.apply(operation);
    expect(t.state()).toMatchObject({ outcome: 'nothing', retry: { key: 'lag' } });
    t.world.user.properties['department'] = 'Sales';
    while (await t.step());

    expect(t.state()?.outcome).toBe('licensed');
  });

  it('is not looked at again when it is but the last seat that has gone meanwhile', async () => {
    const t = makePipelineWorld();
    const operation = await decided(t);
    t.world.seats.consumed = t.world.seats.enabled;
    t.advance(60_000);

    await t.apply(operation);

    expect(t.state()).toMatchObject({ outcome: 'waiting', retry: { key: 'waiting' } });
  });

  it('is looked at again when what was decided is taken back at once, and not for ever', async () => {
    const t = makePipelineWorld();
    await t.apply(await decided(t));
    await t.decide(t.hint({ source: 'operator' }));
    t.advance(60 * 60_000);
    t.sent.length = 0;
    const turn = async (department: string) => {
      t.world.user.properties['department'] = department;
      await t.hear({ source: 'operator' });
    };
    await turn('Legal');
    t.advance(1_000);

    await turn('Sales');
    const due = t.state()?.retry;
    expect(t.state()).toMatchObject({ outcome: 'licensed', retry: { key: 'lag', at: t.now() + 5_000 } });
    expect(t.sent.at(-1)).toMatchObject({ kind: 'hint', hint: { retryToken: due?.token } });
    const start = t.now();
    while (await t.step());

    expect(t.state()).toMatchObject({ outcome: 'licensed', retry: null });
    expect(t.now() - start).toBeGreaterThan(90_000);
  });

  it('is looked at once more after a change reported right after a look, when no read shows it yet', async () => {
    const t = makePipelineWorld();
    t.world.user.properties['department'] = 'Legal';
    await t.decide();
    t.advance(2_000);
    await t.hear({ source: 'delta' });
    expect(t.state()?.retry?.key).toBe('echo');

    // The replica that is read then does not show the change yet.
    await t.step();
    expect(t.state()).toMatchObject({ outcome: 'nothing', retry: { key: 'lag' } });
    t.world.user.properties['department'] = 'Sales';
    while (await t.step());

    expect(t.state()?.outcome).toBe('licensed');
  });

  it('is looked at once more after a reported change, though another look is due before', async () => {
    const t = makePipelineWorld();
    t.world.policyText = `version: 1
rules:
  - name: sales
    when: 'user.department -eq "Sales"'
    memberOf: [SG-Sales]
    assign:
      - { sku: EMS }
`;
    t.world.user.groups = [];
    t.world.user.properties['department'] = 'Legal';
    await t.decide();
    // A second before the look for memberships that follow a new user.
    t.advance(89_000);

    await t.hear({ source: 'notification' });
    await t.step();
    await t.step();
    expect(t.state()?.outcome).toBe('nothing');
    expect(entriesOf(t.state())).toContainEqual(
      expect.objectContaining({ key: 'lag', at: t.now() + 90_000 }),
    );
  });
});
