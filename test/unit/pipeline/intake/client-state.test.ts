import { expect, it } from '@jest/globals';
import { readGeneration, rotateClientState } from '../../../../shared/pipeline/intake/client-state';
import { makeMemoryCursors } from '../../../support/memory/memory-cursors';

it('is another one after each rotation', async () => {
  const cursors = makeMemoryCursors(() => 0);

  expect(await rotateClientState(cursors)).toBe(1);
  expect(await rotateClientState(cursors)).toBe(2);
  expect(await readGeneration(cursors)).toBe(2);
});
