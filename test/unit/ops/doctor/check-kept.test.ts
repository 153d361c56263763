import { expect, it } from '@jest/globals';
import { timing } from '../../../../shared/kernel/timing';
import { checkKept } from '../../../../shared/ops/doctor/check-kept';
import { retentionCursor } from '../../../../shared/pipeline/retention/forget-old';
import type { Services } from '../../../../shared/pipeline/services';
import { makeMemoryCursors } from '../../../support/memory/memory-cursors';

const overdue = timing.doctor.forgettingOverdue.ms;
const counts = { timelines: 3, samples: 2, members: 1, leavers: 4 };

it.each([
  ['ended in time', 0, overdue, 'ok', '6 old rows and 4 users who have left were deleted'],
  ['ended too long ago', 0, overdue + 1, 'warn', 'nothing was deleted for its age since'],
  ['is under way', null, overdue, 'ok', 'under way'],
  ['does not come to its end', null, overdue + 1, 'warn', 'has come to part 7 of 16'],
])('says of a round of deleting that %s', async (_, endedAt, now, state, text) => {
  const cursors = makeMemoryCursors(() => 0);
  const round = { part: 7, startedAt: 0, endedAt, counts };
  await cursors.commit(retentionCursor, await cursors.read(retentionCursor), JSON.stringify(round));

  const [found, ...others] = await checkKept({ cursors, clock: { now: () => now } as Services['clock'] });

  expect(found).toMatchObject({ name: 'kept', state });
  expect(found?.text).toContain(text);
  expect(others).toEqual([]);
});
