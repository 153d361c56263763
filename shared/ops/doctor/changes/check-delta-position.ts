import { isoTime } from '../../../kernel/clock';
import { readDeltaCursor } from '../../../pipeline/intake/delta-cursor';
import { readRound } from '../../../pipeline/intake/delta-round';
import type { Services } from '../../../pipeline/services';
import { fail, ok, warn } from '../finding';
import type { Finding } from '../finding';
import { timing } from '../../../kernel/timing';

const name = 'delta position';
/**
 * Whether the app follows changes of users: judged by the last round that worked, not by a position that moved, which
 * also moves while every round ends in a refusal.
 */
export async function checkDeltaPosition({
  cursors,
  clock,
}: Pick<Services, 'cursors' | 'clock'>): Promise<readonly Finding[]> {
  const now = clock.now();
  const [{ workedAt, failingSince, error }, { value }] = await Promise.all([
    readRound(cursors),
    cursors.read('users-delta'),
  ]);
  if (failingSince !== null && now - failingSince > timing.doctor.deltaFailing.ms) {
    const text = `following changes has failed since ${isoTime(failingSince)}: ${error ?? ''}`;
    return [
      fail(name, text, 'No change of a user is noticed until it works again. It is tried at every round.'),
    ];
  }
  if (workedAt === null) {
    return [
      fail(
        name,
        'following changes has not started: no user is found',
        'The function users-delta must run: see that the app is started and its log shows no error.',
      ),
    ];
  }
  const refused = [...(readDeltaCursor(value)?.refused ?? [])];
  const untracked = refused.map((property) =>
    warn(
      name,
      `Graph does not report changes of ${property}, which the policy uses`,
      'Such a change is found by the nightly census only. `licenser census start` finds it at once.',
    ),
  );
  if (now - workedAt > timing.doctor.deltaSilent.ms) {
    return [
      fail(
        name,
        `no round has worked for ${describeAge(now - workedAt)}; Graph forgets a position after some days`,
        'See that the function users-delta runs: its schedule is LICENSER_DELTA_SCHEDULE.',
      ),
      ...untracked,
    ];
  }
  return [ok(name, `the last round worked ${describeAge(now - workedAt)} ago`), ...untracked];
}

function describeAge(ms: number): string {
  if (ms < 120_000) return `${String(Math.max(0, Math.round(ms / 1_000)))} s`;
  if (ms < 7_200_000) return `${String(Math.round(ms / 60_000))} min`;
  if (ms < 172_800_000) return `${String(Math.round(ms / 3_600_000))} h`;
  return `${String(Math.round(ms / 86_400_000))} days`;
}
