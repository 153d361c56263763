import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from '@jest/globals';
import {
  judgedTargets,
  makeAbsoluteTarget,
  makeTarget,
} from '../../../../packages/emulator-kit/bench/bench-result';
import { projectRoot } from '../../../../local/project-root';

it('a run beside other work judges ratios and counts, and no seconds', () => {
  const targets = [makeAbsoluteTarget('seconds', '<=', 5, 9), makeTarget('costRatio', '<=', 1.2, 1.1)];

  expect(judgedTargets(targets, true).map(({ key, met }) => [key, met])).toEqual([
    ['seconds', false],
    ['costRatio', true],
  ]);
  expect(judgedTargets(targets, false).map(({ key }) => key)).toEqual(['costRatio']);
});

it('what a benchmark judges in seconds, or by the second, is of the machine', () => {
  const folders = ['bench', 'packages/graph-emulator/bench', 'packages/service-bus-emulator/bench'];
  const calls = folders.flatMap((folder) =>
    readdirSync(join(projectRoot(), folder))
      .filter((name) => name.endsWith('.ts'))
      .flatMap((name) => [
        ...readFileSync(join(projectRoot(), folder, name), 'utf8').matchAll(
          /(\w*[tT]arget)\(\s*'([^']+)'([^)]*)\)/g,
        ),
      ]),
  );
  const keysOf = (isAbsolute: boolean) =>
    calls
      .filter(([all]) => all.includes('makeAbsoluteTarget') === isAbsolute)
      .map(([, , key]) => key)
      .filter((key) => /Ms$|[sS]econds|PerSecond$/.test(key ?? ''));

  expect(keysOf(true)).toEqual(expect.arrayContaining(['secondsFor100000', 'answerP99Ms', 'loadSeconds']));
  // By a clock that the benchmark moves.
  expect(keysOf(false)).toEqual(['longestDeltaPauseMs']);
});
