import { describe, expect, it } from '@jest/globals';
import { toAttention } from '../../../../shared/pipeline/observed/note-attention';
import type { AttentionKind } from '../../../../shared/store/ports/ops/attention';
import { makePipelineWorld, refusal, userId } from '../../../support/pipeline-world';
import { minute, settle } from '../support/waiting-world';
import type { World } from '../support/waiting-world';

const hour = 60 * minute;

function sinceOf(t: World, kind: AttentionKind): number | undefined {
  const state = t.state();
  return state === null ? undefined : toAttention(kind, userId, state).since;
}

/** The user changes, and is looked at: what was decided before does not stand for it. */
async function lookAtChanged(t: World, title: string, source: 'delta' | 'operator' = 'delta') {
  t.world.user.properties['department'] = 'Sales';
  t.world.user.properties['jobTitle'] = title;
  await t.decide(t.hint({ source }));
  await settle(t);
}

/** Three looks, an hour apart, of a user who has stood so since the first. */
async function lookHourly(t: World): Promise<number> {
  await t.decide();
  await settle(t);
  const first = t.now();
  for (const title of ['Buyer', 'Seller', 'Buyer']) {
    t.advance(hour);
    await lookAtChanged(t, title, 'operator');
    // Else nothing could begin anew.
    expect(t.state()?.decidedAt).toBeGreaterThan(first);
  }
  return first;
}

/** A policy in which what is looked at is part of the decision. */
function makeWorld(more = ''): World {
  const t = makePipelineWorld();
  t.world.user.properties['jobTitle'] = 'Clerk';
  t.world.policyText = `version: 1
${more}
rules:
  - name: sales
    when: 'user.department -eq "Sales" -and user.jobTitle -ne "Manager"'
    assign:
      - { sku: EMS, disable: [INTUNE_A] }
`;
  return t;
}

describe('since when a user is not done', () => {
  it('a wait for a seat is as old as it is, however often the user is looked at', async () => {
    const t = makeWorld();
    t.world.seats = { enabled: 10, consumed: 10 };
    await t.decide();
    const first = t.now();

    for (let looks = 0; looks < 3; looks++) {
      const before = t.state()?.decidedAt ?? 0;
      // The look that is scheduled for who waits, hours later.
      await t.step();
      expect(t.state()?.decidedAt).toBeGreaterThan(before);
    }

    expect(t.state()?.outcome).toBe('waiting');
    expect(sinceOf(t, 'waiting')).toBe(first);
  });

  it('a wait goes on when a seat was set aside and Graph had none after all', async () => {
    const t = makeWorld();
    t.world.seats = { enabled: 10, consumed: 10 };
    await t.decide();
    const first = t.now();
    t.advance(hour);
    t.world.seats = { enabled: 11, consumed: 10 };
    t.world.beforeWrite = async () => {
      t.world.seats = { enabled: 10, consumed: 10 };
      throw refusal('seats');
    };

    await lookAtChanged(t, 'Buyer', 'operator');

    expect(t.writes).toHaveLength(1);
    expect(t.state()?.outcome).toBe('waiting');
    expect(sinceOf(t, 'waiting')).toBe(first);
  });

  it.each([
    ['blocked', 'conflict'],
    ['failed', 'badRequest'],
  ] as const)('%s is as old as the first refusal, however often it is tried again', async (kind, why) => {
    const t = makeWorld();
    t.world.beforeWrite = async () => {
      throw refusal(why);
    };

    const first = await lookHourly(t);

    expect(t.state()?.outcome).toBe(kind);
    expect(sinceOf(t, kind)).toBe(first);
  });

  it('its failure is told with that age each time', async () => {
    const t = makeWorld();
    const told: (number | undefined)[] = [];
    t.pipeline.failures.record = async (_failure, _at, since) => void told.push(since);
    t.world.beforeWrite = async () => {
      throw refusal('badRequest');
    };

    const first = await lookHourly(t);

    expect(told).toEqual([first, first, first, first]);
  });

  it('what a policy that observes holds back is as old as its first look', async () => {
    const t = makeWorld('mode: observe');

    const first = await lookHourly(t);

    expect(t.state()?.outcome).toBe('held');
    expect(sinceOf(t, 'held')).toBe(first);
  });

  it('begins anew once the user had what they waited for', async () => {
    const t = makeWorld();
    t.world.beforeWrite = async () => {
      throw refusal('conflict');
    };
    await t.decide();
    await settle(t);
    t.advance(hour);
    t.world.beforeWrite = async () => undefined;
    await lookAtChanged(t, 'Buyer', 'operator');
    expect(t.state()).toMatchObject({ outcome: 'licensed' });
    expect(t.state()?.since).toBeUndefined();
    t.advance(hour);
    t.world.user.assignments = [];
    t.world.beforeWrite = async () => {
      throw refusal('conflict');
    };

    await lookAtChanged(t, 'Seller', 'operator');

    expect(t.state()?.outcome).toBe('blocked');
    expect(sinceOf(t, 'blocked')).toBe(t.now());
  });

  it('begins anew when a user is blocked for another reason', async () => {
    const t = makeWorld();
    t.world.beforeWrite = async () => {
      throw refusal('conflict');
    };
    await t.decide();
    await settle(t);
    t.advance(hour);
    t.world.beforeWrite = async () => {
      throw refusal('prohibitedLocation');
    };

    await lookAtChanged(t, 'Buyer', 'operator');

    expect(t.state()?.outcome).toBe('blocked');
    expect(sinceOf(t, 'blocked')).toBe(t.now());
  });

  it('is taken from the last look where an earlier version wrote the row, and kept from then on', async () => {
    const t = makeWorld();
    t.world.seats = { enabled: 10, consumed: 10 };
    await t.decide();
    const { since: _, ...old } = t.state() ?? {};
    t.restore({ now: t.now(), state: old as ReturnType<World['state']>, ledger: [], sent: [] });
    const last = t.now();
    t.advance(hour);

    await lookAtChanged(t, 'Buyer');

    expect(sinceOf(t, 'waiting')).toBe(last);
  });
});
