import type { Services } from '../../pipeline/services';
import { fail, ok, warn } from './finding';
import type { Finding } from './finding';

/** Whether the app follows changes of users at all, and the delta position that it has is one that Graph knows. */
export async function checkDeltaPosition({
  cursors,
  clock,
}: Pick<Services, 'cursors' | 'clock'>): Promise<readonly Finding[]> {
  const { updatedAt } = await cursors.read('users-delta');
  if (updatedAt === null) {
    return [
      fail(
        'delta position',
        'following changes has not started: no user is found',
        'The function users-delta must run: see that the app is started and its log shows no error.',
      ),
    ];
  }
  const age = clock.now() - updatedAt;
  if (age > 7 * 86_400_000) {
    return [
      fail(
        'delta position',
        `unmoved for ${String(Math.round(age / 86_400_000))} days: Graph forgets it after a few`,
        'See that the function users-delta runs. It starts over with every user when the position is lost.',
      ),
    ];
  }
  if (age > 3_600_000) {
    return [
      warn(
        'delta position',
        `has not moved for ${describeAge(age)}: nothing changed in the tenant, or the app does not look`,
        'See that the function users-delta runs: its schedule is LICENSER_DELTA_SCHEDULE.',
      ),
    ];
  }
  return [ok('delta position', `moved ${describeAge(age)} ago`)];
}

function describeAge(ms: number): string {
  if (ms < 120_000) return `${String(Math.max(0, Math.round(ms / 1_000)))} s`;
  if (ms < 7_200_000) return `${String(Math.round(ms / 60_000))} min`;
  return `${String(Math.round(ms / 3_600_000))} h`;
}
