import { expect, it } from '@jest/globals';
import { Secret } from '../../../../shared/kernel/secret';
import { checkRows } from '../../../../shared/ops/doctor/check-rows';
import { repairRows } from '../../../../shared/ops/rows/repair-rows';
import { readClientState, rotateClientState } from '../../../../shared/pipeline/intake/client-state';
import { operator } from '../../../support/memory/filled-tables';
import { makeTableWorld } from '../../../support/memory/table-world';

const setting = new Secret('the setting, which has leaked');
const damaged = { value: '{"generation":-1,"retired":[]}', updatedAt: 1 };

it('a damaged row of the client state is named by doctor and repaired by another client state, not by the setting', async () => {
  const world = makeTableWorld();
  const { cursors } = world.stores;
  await rotateClientState(cursors);
  const before = await readClientState(cursors, setting);
  const [row = { partitionKey: '', rowKey: '' }] = world.tables.rows('cursors');
  world.tables.put('cursors', { ...row, json: JSON.stringify(damaged) });

  expect(await readClientState(cursors, setting)).toBeUndefined();
  const [found] = await checkRows(world.services());
  expect(found).toMatchObject({
    state: 'fail',
    text: expect.stringContaining('cursors/cursor/client-state'),
  });
  expect(JSON.stringify(found)).toContain('licensing goes on');

  await repairRows(world.services(), { rows: ['cursors/cursor/client-state'] }, operator);

  const after = await readClientState(cursors, setting);
  expect(after?.reveal()).toHaveLength(43);
  expect([setting.reveal(), before?.reveal()]).not.toContain(after?.reveal());
  expect(world.tables.rows('setAside')).toHaveLength(1);
});
