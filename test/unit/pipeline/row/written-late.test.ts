import { expect, it } from '@jest/globals';
import { playAll } from '../../../support/row/stories';
import type { Happening } from '../../../support/row/happenings';

const happening = (kind: Happening['kind']): Happening => ({
  ...{ kind, afterMs: 0, source: 'notification', heardBeforeMs: 0, refusal: 'throttled' },
  ...{ isScheduled: false, isRepeated: false, isSuspect: false, hasGoneUnanswered: false },
  world: { state: 'entitled', digest: 'd1', usesGroups: false, isOverridden: false, dateInMs: 1 },
});

it('a late confirmation closes its own intent, also where the write before it was of the same millisecond', () => {
  const { happened } = playAll([happening('write'), happening('writeLate'), happening('hint')]);

  const late = happened.find(({ event }) => event.kind === 'writtenLate');
  expect(late?.row.state?.intent?.at).toBe(late?.row.state?.lastWrite?.at);
  expect(late?.step.row.state?.intent).toBeNull();
});

it('a write that a look finds remembers the write before it, as one that Graph confirmed does', () => {
  const licensed = { ...happening('hint').world, state: 'licensed', digest: 'd2' } as const;
  const { happened } = playAll([
    happening('write'),
    { ...happening('beginWrite'), afterMs: 1_000 },
    { ...happening('hint'), afterMs: 120_000, world: licensed },
  ]);

  const found = happened.find(({ event }) => event.kind === 'looked');
  const first = found?.row.state?.lastWrite;
  expect(found?.step.row.state?.lastWrite?.at).not.toBe(first?.at);
  expect(found?.step.row.state?.lastWrite?.earlier).toEqual([{ at: first?.at, before: first?.before }]);
});
