import { expect, it } from '@jest/globals';
import { makePauseSource } from '../../../../shared/pipeline/pauses/pause-source';
import { ManualClock } from '../../../support/manual-clock';

it('pauses are read once in 2 s, however many messages ask, and anew when this process has changed one', async () => {
  const clock = new ManualClock();
  let reads = 0;
  const source = makePauseSource({ pauses: async () => (reads++, []) }, clock);

  await source.current();
  clock.advance(1_999);
  await Promise.all([source.current(), source.current()]);
  expect(reads).toBe(1);

  clock.advance(1);
  await source.current();
  expect(reads).toBe(2);

  source.forget();
  await source.current();
  expect(reads).toBe(3);
});
