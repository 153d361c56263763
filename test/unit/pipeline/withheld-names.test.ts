import { describe, expect, it } from '@jest/globals';
import { GraphError } from '../../../shared/graph/refusals/graph-error';
import { probeWithheldNames } from '../../../shared/pipeline/pauses/withheld-names';
import { makePipelineWorld, refusal } from '../../support/pipeline-world';

const withheld = new GraphError(
  'withheld',
  'Graph answered without the names of groups: the app needs GroupMember.Read.All',
  { status: 200, permission: 'GroupMember.Read.All' },
);

/** A user who holds a license that the policy gives, in a tenant whose group names are withheld. */
async function makeWorld() {
  const t = makePipelineWorld();
  await t.decide();
  while (await t.step());
  const groups = { answer: (): unknown => [] };
  Object.assign(t.pipeline.directory, { findGroups: async () => groups.answer() });
  t.world.beforeRead = async () => {
    throw withheld;
  };
  return { ...t, groups, probe: () => probeWithheldNames(t.pipeline, t.task) };
}
const pauses = async (t: Awaited<ReturnType<typeof makeWorld>>) =>
  (await t.pipeline.control.pauses()).map(({ scope, reason }) => `${scope}: ${reason}`);

describe('names of groups that Graph withholds', () => {
  it('take nothing from anybody: nothing is decided, intake pauses, and the permission is named', async () => {
    const t = await makeWorld();
    const writes = t.writes.length;

    await t.decide(t.hint({ source: 'operator' }));
    for (let steps = 0; steps < 30; steps++) await t.step();

    expect(t.writes).toHaveLength(writes);
    expect(t.state()?.outcome).toBe('licensed');
    expect(t.failures).toEqual([]);
    expect(await pauses(t)).toEqual([`intake: ${withheld.message}`]);
  });

  it('are no matter that a look at a user without groups ends', async () => {
    const t = await makeWorld();
    await t.decide(t.hint({ source: 'operator' }));

    t.world.beforeRead = async () => undefined;
    t.advance(10 * 60_000);
    await t.decide(t.hint({ source: 'notification' }));

    expect(await pauses(t)).toHaveLength(1);
  });

  it('are asked for once a minute, and work goes on by itself when they are given', async () => {
    const t = await makeWorld();
    await t.decide(t.hint({ source: 'operator' }));
    let asked = 0;
    t.groups.answer = () => {
      asked += 1;
      throw refusal('permission', 403);
    };
    for (let rounds = 0; rounds < 9; rounds++) {
      t.advance(15_000);
      await t.probe();
    }
    const stillPaused = await pauses(t);
    t.groups.answer = () => [];
    t.world.beforeRead = async () => undefined;
    t.advance(60_000);
    await t.probe();
    while (await t.step());

    expect(asked).toBe(2);
    expect(stillPaused).toHaveLength(1);
    expect(await pauses(t)).toEqual([]);
    expect(t.state()).toMatchObject({ outcome: 'licensed', retry: null });
  });
});
