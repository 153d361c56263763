import { expect, it } from '@jest/globals';
import { createHmac } from 'node:crypto';
import { Secret } from '../../../../shared/kernel/secret';
import { readClientState, rotateClientState } from '../../../../shared/pipeline/intake/client-state';
import { makeMemoryCursors } from '../../../support/memory/memory-cursors';

const setting = new Secret('the setting');

it('is another one after each rotation', async () => {
  const cursors = makeMemoryCursors(() => 0);
  const states = new Set<string | undefined>();
  const note = async () => states.add((await readClientState(cursors, setting))?.reveal());

  await note();
  expect(await rotateClientState(cursors)).toBe(1);
  await note();
  expect(await rotateClientState(cursors)).toBe(2);
  await note();

  expect(states.size).toBe(3);
  expect([...states][0]).toBe('the setting');
});

it('does not follow from the setting, which Graph repeats in each call until the first rotation', async () => {
  const [one, other] = [makeMemoryCursors(() => 0), makeMemoryCursors(() => 0)];
  const made = createHmac('sha256', setting.reveal()).update('client state 1').digest('base64url');
  await rotateClientState(one);
  await rotateClientState(other);

  const states = await Promise.all([one, other].map((cursors) => readClientState(cursors, setting)));

  const texts = states.map((state) => state?.reveal());
  expect(texts).not.toContain(made);
  expect(new Set(texts).size).toBe(2);
});

it('stays the one that an earlier version rotated to', async () => {
  const cursors = makeMemoryCursors(() => 0);
  await cursors.commit(
    'client-state',
    await cursors.read('client-state'),
    JSON.stringify({ generation: 2, retired: [] }),
  );

  const made = createHmac('sha256', setting.reveal()).update('client state 2').digest('base64url');
  expect((await readClientState(cursors, setting))?.reveal()).toBe(made);
});
