import { expect, it } from '@jest/globals';
import {
  judgedTargets,
  makeAbsoluteTarget,
  makeTarget,
} from '../../../../packages/emulator-kit/bench/bench-result';

it('a run beside other work judges ratios and counts, and no seconds', () => {
  const targets = [makeAbsoluteTarget('seconds', '<=', 5, 9), makeTarget('costRatio', '<=', 1.2, 1.1)];

  expect(judgedTargets(targets, true).map(({ key, met }) => [key, met])).toEqual([
    ['seconds', false],
    ['costRatio', true],
  ]);
  expect(judgedTargets(targets, false).map(({ key }) => key)).toEqual(['costRatio']);
});
