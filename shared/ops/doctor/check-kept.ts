import { timing } from '../../kernel/timing';
import { readRetention } from '../../pipeline/retention/forget-old';
import type { Services } from '../../pipeline/services';
import { ok, warn } from './finding';
import type { Finding } from './finding';

const day = timing.settings.day.ms;

/** Whether what was kept long enough is deleted, and how much it was in the last round. */
export async function checkKept({
  cursors,
  clock,
}: Pick<Services, 'cursors' | 'clock'>): Promise<readonly Finding[]> {
  const name = 'kept';
  const state = await readRetention(cursors);
  if (state === undefined)
    return [ok(name, 'nothing was deleted for its age yet: that is done once a night')];
  const { startedAt, endedAt, part, counts } = state;
  const age = clock.now() - (endedAt ?? startedAt);
  if (age > timing.doctor.forgettingOverdue.ms) {
    const text =
      endedAt === null
        ? `deleting what was kept long enough began ${String(Math.round(age / day))} days ago and has come to part ${String(part)} of 16`
        : `nothing was deleted for its age since ${String(Math.round(age / day))} days`;
    return [warn(name, text, 'See that the function census runs, and what its log says.')];
  }
  const { timelines, samples, members, leavers } = counts;
  const rows = timelines + samples + members;
  const when =
    endedAt === null
      ? 'under way'
      : `in the round that ended ${new Date(endedAt).toISOString().slice(0, 16)}Z`;
  return [
    ok(name, `${String(rows)} old rows and ${String(leavers)} users who have left were deleted, ${when}`),
  ];
}
