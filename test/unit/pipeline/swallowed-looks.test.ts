import { describe, expect, it } from '@jest/globals';
import { UserError } from '../../../shared/kernel/errors';
import type { Hint } from '../../../shared/queue/messages';
import { decided } from '../../support/decided';
import { entriesOf } from '../../../shared/pipeline/row/agenda/agenda';
import { intune, makePipelineWorld, refusal, userId } from '../../support/pipeline-world';
import { startRollout } from '../../support/world/world-policies';

type World = ReturnType<typeof makePipelineWorld>;

function takeLook(t: World) {
  const look = t.sent.shift();
  if (look?.kind !== 'hint') throw new Error('No look was scheduled');
  return look;
}

function refuseOnce(t: World, errorClass: Parameters<typeof refusal>[0]) {
  t.world.beforeWrite = async () => {
    t.world.beforeWrite = async () => undefined;
    throw refusal(errorClass, 503);
  };
}

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

describe('an operation that ends with its rollout', () => {
  it.each(['cancelled', 'paused'] as const)('is not counted on by hints any more (%s)', async (state) => {
    const t = makePipelineWorld();
    const { policy } = await t.pipeline.policy.forUser(await t.pipeline.users.read(userId));
    const row = await startRollout(t, { kind: 'census', policyHash: policy.hash, isMember: true });
    const operation = await decided(t, t.hint({ source: 'rollout', rollout: 'r' }));
    await t.pipeline.rollouts.update(row, { state });
    t.advance(60_000);

    await t.apply(operation, 'license-changes-bulk');
    expect(t.writes).toEqual([]);
    await t.hear({ source: 'notification' });
    while (await t.step());

    expect(t.state()?.outcome).toBe('licensed');
  });
});

describe('the operation of a decision whose host died before sending it', () => {
  async function dieBeforeSending(t: World, hint: Hint) {
    const sendOperation = t.pipeline.queues.sendOperation.bind(t.pipeline.queues);
    t.pipeline.queues.sendOperation = async () => {
      throw new Error('the process is killed here');
    };
    await expect(t.decide(hint)).rejects.toThrow('killed');
    t.pipeline.queues.sendOperation = sendOperation;
    t.advance(30_000);
  }

  /** What is parked comes back as another message. */
  async function finish(t: World) {
    const parked = takeLook(t);
    t.advance(parked.at - t.now());
    await t.hear(parked.hint);
    while (await t.step());
  }

  it('is sent although its message was parked meanwhile', async () => {
    const t = makePipelineWorld();
    const hint = t.hint({ source: 'notification' });
    await dieBeforeSending(t, hint);
    const by = { origin: 'operator', reason: 'a test', by: 'a test', at: t.now(), probedAt: null } as const;
    await t.pipeline.control.pause({ scope: 'intake', ...by });
    t.pipeline.pauses.forget();

    await t.decide(hint);
    await t.pipeline.control.resume('intake', 'operator');
    await finish(t);

    expect(t.state()?.outcome).toBe('licensed');
  });

  it('is sent although the policy could not be read meanwhile', async () => {
    const t = makePipelineWorld();
    const hint = t.hint({ source: 'notification' });
    await dieBeforeSending(t, hint);
    const readable = { ...t.pipeline.policy };
    Object.assign(t.pipeline.policy, {
      forUser: async () => {
        throw new UserError('policy/unreadable', 'The policy file cannot be read');
      },
    });

    await t.decide(hint);
    Object.assign(t.pipeline.policy, readable);
    await finish(t);

    expect(t.state()?.outcome).toBe('licensed');
  });
});

describe('the intent of a write that never took effect', () => {
  it('is given up by looks too, once no read lag can hide the write any more', async () => {
    const t = makePipelineWorld();
    const operation = await decided(t);
    refuseOnce(t, 'unavailable');
    await t.apply(operation);
    t.world.user.properties['department'] = 'Legal';

    await t.step();
    expect(t.state()).toMatchObject({ outcome: 'nothing', intent: {} });
    const start = t.now();
    while (await t.step());

    expect(t.state()).toMatchObject({ outcome: 'nothing', intent: null });
    expect(t.now() - start).toBeLessThan(10 * 60_000);
  });

  it('is kept when the write went unanswered, no read shows it yet, and its repetition is refused', async () => {
    const t = makePipelineWorld();
    const operation = await decided(t);
    t.world.afterWrite = async () => {
      t.world.afterWrite = async () => undefined;
      // It took effect, and the replica that is read next does not know of it.
      t.world.user.assignments = [];
      t.world.beforeWrite = async () => {
        throw refusal('usageLocation');
      };
      throw refusal('ambiguous', 0);
    };

    await t.apply(operation);
    expect(t.state()).toMatchObject({ retry: { key: 'usageLocation' }, intent: {} });
    t.hold([intune]);
    while (await t.step());

    expect(t.state()).toMatchObject({ outcome: 'licensed', intent: null });
    expect(t.ledger()).toHaveLength(1);
  });
});
