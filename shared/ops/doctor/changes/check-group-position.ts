import { isoTime } from '../../../kernel/clock';
import { timing } from '../../../kernel/timing';
import { readRounds } from '../../../pipeline/intake/delta-round';
import type { Services } from '../../../pipeline/services';
import { fail, ok } from '../finding';
import type { Finding } from '../finding';

const name = 'groups followed';

/** Whether the app follows the members of the groups that policies name: judged by the last round that worked. */
export async function checkGroupPosition({
  cursors,
  clock,
}: Pick<Services, 'cursors' | 'clock'>): Promise<readonly Finding[]> {
  const { isUsed, workedAt, failingSince, error } = (await readRounds(cursors)).groups;
  const now = clock.now();
  if (!isUsed) return [ok(name, 'no policy names a group, or no round has run yet')];
  if (failingSince !== null && now - failingSince > timing.doctor.deltaFailing.ms) {
    return [
      fail(
        name,
        `following changes of groups has failed since ${isoTime(failingSince)}: ${error ?? ''}`,
        'Until it works again a change of membership is found by the nightly census only. It is tried at every round.',
      ),
    ];
  }
  if (workedAt !== null && now - workedAt > timing.doctor.deltaSilent.ms) {
    return [
      fail(
        name,
        `no round of following groups has worked since ${isoTime(workedAt)}`,
        'See that the function users-delta runs: its schedule is LICENSER_DELTA_SCHEDULE. Where it runs, a round has more groups to read than it can in an hour.',
      ),
    ];
  }
  return [
    ok(name, workedAt === null ? 'a round has just failed' : `the last round worked ${isoTime(workedAt)}`),
  ];
}
