import { beforeEach, describe, expect, it } from '@jest/globals';
import type { DeltaPage } from '../../../../shared/graph/directory';
import { GraphError } from '../../../../shared/graph/refusals/graph-error';
import { toUserId } from '../../../../shared/kernel/ids';
import { checkDeltaPosition } from '../../../../shared/ops/doctor/changes/check-delta-position';
import { checkHealth } from '../../../../shared/ops/doctor/check-health';
import { walkDelta } from '../../../../shared/pipeline/intake/walk-delta';
import { makeFailingPorts } from '../../../support/faults/failing-ports';
import { makeMemoryCursors } from '../../../support/memory/memory-cursors';
import { makePipelineWorld, refusal, userId } from '../../../support/pipeline-world';

const untrackable = new Set(['signInActivity']);
const minute = 60_000;

/** Graph's side of following changes: links are `SELECT@N`, and `answer` says what a link gives. */
function makeWorld() {
  const t = makePipelineWorld();
  const world = {
    needs: new Set(['department']),
    /** undefined: one change and the next link. */
    answer: undefined as ((link: string) => DeltaPage) | undefined,
    latest: undefined as GraphError | undefined,
    followed: [] as string[],
  };
  let serial = 0;
  const name = (properties: ReadonlySet<string>) => [...properties].sort().join(',');
  const pipeline = {
    ...t.pipeline,
    cursors: makeMemoryCursors(t.now),
    policy: {
      needs: async () => ({ properties: world.needs }),
      current: async () => ({ rules: [], mode: 'enforce', hash: 'x'.repeat(64) }),
    },
    directory: {
      ...t.pipeline.directory,
      deltaFromNow: async (properties: ReadonlySet<string>) => {
        if (world.latest !== undefined) throw world.latest;
        if ([...properties].some((one) => untrackable.has(one))) {
          throw new GraphError('badRequest', 'Invalid request for delta query.', { status: 400 });
        }
        return `${name(properties)}@${String(++serial)}`;
      },
      deltaFromStart: (properties: ReadonlySet<string>) => `start:${name(properties)}`,
      deltaPage: async (link: string): Promise<DeltaPage> => {
        world.followed.push(link);
        const answer = world.answer?.(link);
        const deltaLink = `${link.replace(/^start:/, '').split('@')[0] ?? ''}@${String(++serial)}`;
        return answer ?? { changes: [{ kind: 'changed', id: userId }], deltaLink };
      },
    },
  } as unknown as typeof t.pipeline;
  const stored = async () => (await pipeline.cursors.read('users-delta')).value ?? '';
  return { ...t, world, pipeline, stored, round: () => walkDelta(pipeline, t.task) };
}

let t: ReturnType<typeof makeWorld>;
beforeEach(async () => {
  t = makeWorld();
  await t.round();
});
const doctor = async () => checkDeltaPosition(t.pipeline);
const lost = new GraphError('syncStateLost', 'The specified page token value has expired', { status: 400 });

describe('a lost delta position', () => {
  it('is started over in the same round: every user is looked at', async () => {
    t.world.answer = (link) => {
      if (link.startsWith('start:'))
        return { changes: [{ kind: 'changed', id: userId }], deltaLink: 'fresh@1' };
      throw lost;
    };

    await t.round();

    expect(t.sent).toMatchObject([{ kind: 'hint', hint: { user: { id: userId }, source: 'delta' } }]);
    expect(await t.stored()).toContain('fresh@1');
    expect(await doctor()).toMatchObject([{ state: 'ok' }]);
  });

  it('keeps what delta refuses out of the new start', async () => {
    t.world.needs = new Set(['department', 'signInActivity']);
    t.world.answer = (link) => {
      if (link.startsWith('start:')) return { changes: [], deltaLink: 'fresh@1' };
      throw lost;
    };

    await t.round();

    expect(t.world.followed.at(-1)).toBe('start:accountEnabled,department,usageLocation');
  });
});

describe('a property that delta refuses', () => {
  it('leaves no change unheard: the old link is followed, then one without it', async () => {
    t.world.needs = new Set(['department', 'city', 'signInActivity']);

    await t.round();
    await t.round();

    expect(t.world.followed[0]).toMatch(/^accountEnabled,department,usageLocation@/);
    expect(t.world.followed[1]).toMatch(/^accountEnabled,city,department,usageLocation@/);
    expect(t.sent).toHaveLength(2);
    expect(await doctor()).toMatchObject([
      { state: 'ok' },
      { state: 'warn', text: 'Graph does not report changes of signInActivity, which the policy uses' },
    ]);
  });

  it('is asked for again when the policy needs something else', async () => {
    t.world.needs = new Set(['signInActivity']);
    await t.round();
    t.world.needs = new Set(['city']);
    await t.round();

    expect(await t.stored()).toMatch(/^\{"link":"accountEnabled,city,usageLocation@/);
    expect(await t.stored()).not.toContain('refused');
  });
});

it('follows the old link when there is no new one, whatever the reason', async () => {
  t.world.needs = new Set(['city']);
  t.world.latest = refusal('unavailable', 503);

  await t.round();

  expect(t.sent).toHaveLength(1);
  expect(await doctor()).toMatchObject([{ state: 'ok' }]);
});

it('selects the manager when a rule looks at it', async () => {
  t.world.needs.add('manager/id');

  await t.round();

  expect(await t.stored()).toContain('"manager"');
});

describe('a round that is killed at any step', () => {
  const other = toUserId('bbbbbbbb-0000-4000-8000-000000000003');

  /** Two pages, one user each; the second round is killed, the third is not. Gives the calls of the second. */
  async function killRound(at: number, after: boolean) {
    const killed = makeWorld();
    await killed.round();
    killed.world.answer = (link) =>
      link.endsWith('/2')
        ? { changes: [{ kind: 'changed', id: other }], deltaLink: `${link}/end` }
        : { changes: [{ kind: 'changed', id: userId }], nextLink: `${link}/2` };
    const { faults, failing } = makeFailingPorts({ at, after, calls: 0 });
    const { cursors, queues, directory } = killed.pipeline;
    const ports = { cursors: failing(cursors), queues: failing(queues), directory: failing(directory) };
    await walkDelta({ ...killed.pipeline, ...ports }, killed.task).catch((error: Error) =>
      expect(error.message).toBe('killed'),
    );

    if (!(await killed.stored()).includes('/end')) await killed.round();

    const heard = killed.sent.flatMap((one) => (one.kind === 'hint' ? [one.hint.user.id] : []));
    return { calls: faults.calls, heard: [...new Set(heard)].sort() };
  }

  it.each([false, true])('forgets no user of a page (its answer is lost: %s)', async (after) => {
    let at = 1;
    for (; ; at++) {
      const { calls, heard } = await killRound(at, after);
      expect([at, heard]).toEqual([at, [userId, other]]);
      if (calls < at) break;
    }
    expect(at).toBeGreaterThan(6);
  });
});

describe('rounds that fail', () => {
  beforeEach(() => {
    t.world.answer = () => {
      throw refusal('unavailable', 503);
    };
  });
  const failFor = async (ms: number) => {
    for (const end = t.now() + ms; t.now() < end; t.advance(15_000)) {
      await expect(t.round()).rejects.toBeInstanceOf(GraphError);
    }
  };

  it('are what doctor sees, although the position is there', async () => {
    await failFor(2 * minute);

    expect(await doctor()).toMatchObject([
      { state: 'fail', text: expect.stringContaining('refused: unavailable') },
    ]);
  });

  it('are what health sees after some minutes, until a round works again', async () => {
    await failFor(minute);
    const early = await checkHealth(async () => t.pipeline);
    await failFor(6 * minute);
    const late = await checkHealth(async () => t.pipeline);
    t.world.answer = undefined;
    await t.round();
    const after = await checkHealth(async () => t.pipeline);

    expect([early.ok, late.ok, after.ok]).toEqual([true, false, true]);
    expect(after.deltaPositionAt).toBe(new Date(t.now()).toISOString());
  });
});

it('an app whose rounds do not run is seen by doctor and health', async () => {
  t.advance(61 * minute);

  expect(await doctor()).toMatchObject([{ state: 'fail', text: expect.stringContaining('61 min') }]);
  expect((await checkHealth(async () => t.pipeline)).ok).toBe(false);
});

it('a row of an earlier version, which has no rounds, is read by when its position moved', async () => {
  (t.pipeline.cursors as ReturnType<typeof makeMemoryCursors>).rows.delete('users-delta-round');

  expect(await doctor()).toMatchObject([{ state: 'ok' }]);
});
