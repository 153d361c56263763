import { beforeEach, describe, expect, it } from '@jest/globals';
import { makePreview } from '../../../shared/ops/preview/make-preview';
import { listFailures } from '../../../shared/ops/failures/list-failures';
import { showFailure } from '../../../shared/ops/failures/show-failure';
import type { QueueInspector } from '../../../shared/queue/queue-inspector';
import { broken, damages, fill, joiner, other } from '../../support/memory/filled-tables';
import type { Entity } from '../../support/memory/filled-tables';
import { makeTableWorld } from '../../support/memory/table-world';
import { userId } from '../../support/user-states';

const inspector = { deadLetters: async () => [], counts: async () => undefined } as unknown as QueueInspector;

let world: ReturnType<typeof makeTableWorld>;
beforeEach(async () => {
  world = makeTableWorld();
  await fill(world);
});

/** One row of a user is damaged, and a message about the user has come. */
async function damage(beginning: string, kind: string): Promise<void> {
  const rows = world.tables.rows('users') as readonly Entity[];
  const row = rows.find((one) => one.partitionKey === broken && String(one.rowKey).startsWith(beginning));
  const damaged = row === undefined ? null : damages[kind]?.(row);
  if (damaged === null || damaged === undefined) throw new Error(`There is no row ${beginning}`);
  world.tables.put('users', damaged);
  world.restart();
  await world.work(broken);
}

const kinds = Object.keys(damages).filter((kind) => kind !== 'missing');
const cases = kinds.flatMap((kind) =>
  ['state', 'ledger|', 'pin']
    // A ledger row holds no number that could be wrong.
    .filter((row) => row !== 'ledger|' || kind !== 'absurd numbers')
    .map((row) => [row, kind] as const),
);

describe('beside a user whose row cannot be read', () => {
  it.each(cases)('failure list tells what is known, of all (%s: %s)', async (row, kind) => {
    await damage(row, kind);

    const { entries, classes } = await listFailures(world.services(), inspector);

    expect(entries.map(({ userId: id, class: name }) => [id, name])).toEqual(
      expect.arrayContaining([
        [broken, 'row'],
        [userId(9), 'conflict'],
      ]),
    );
    expect(classes.map((one) => one.class)).toContain('row');
  });

  it.each(cases)('failure show tells its story without the row (%s: %s)', async (row, kind) => {
    await damage(row, kind);

    const story = await showFailure(world.services(), inspector, broken);

    expect(story).toMatchObject({ subject: broken, outcome: null, now: null });
    expect(story.failures.map((one) => one.class)).toEqual(['row']);
    expect(story.failures[0]?.repair).not.toBe('');
    expect(story.timeline.map(({ step }) => step)).toContain('seen');
  });

  it.each(cases)('a plan names the user, and plans the others (%s: %s)', async (row, kind) => {
    await damage(row, kind);
    const found = async (id: string) => world.pipeline.directory.readUser(id as never, { ...everything });
    Object.assign(world.pipeline.directory, { findUser: found });

    const { preview, unreadable, unknown } = await makePreview(world.services(), {
      selection: { kind: 'users', users: [broken, joiner, other] },
    });

    expect(unreadable).toEqual([broken]);
    expect([preview.users, unknown]).toEqual([2, []]);
    expect(preview.lines.map(({ user }) => user.id)).not.toContain(broken);
  });
});

const everything = {
  properties: new Set(['department', 'userType', 'usageLocation']),
  directGroups: false,
  transitiveGroups: false,
};
