import type { Services } from '../../pipeline/services';
import { fail, ok, warn } from './finding';
import type { Finding } from './finding';
import { timing } from '../../kernel/timing';

/** Users who should have an outcome and have none, and those who need a person. */
export async function checkUsers({
  users,
  clock,
}: Pick<Services, 'users' | 'clock'>): Promise<readonly Finding[]> {
  let all = 0;
  let lost = 0;
  const counts = new Map<string, number>();
  for await (const { state } of users.list()) {
    all++;
    if (state.outcome !== null) counts.set(state.outcome, (counts.get(state.outcome) ?? 0) + 1);
    else if (isOverdue(state.retry?.at ?? state.decidedAt ?? state.firstSeenAt, clock.now())) lost++;
  }
  const findings: Finding[] = [];
  if (lost > 0) {
    findings.push(
      fail(
        'users',
        `${String(lost)} of ${String(all)} users have had no outcome for more than 15 minutes`,
        'See the queues (licenser queue status) and the log of the functions.',
      ),
    );
  } else findings.push(ok('users', `${String(all)} known, none without an outcome for long`));
  const needing = ['blocked', 'failed', 'waiting', 'held'].flatMap((outcome) => {
    const count = counts.get(outcome) ?? 0;
    return count === 0 ? [] : [`${String(count)} ${outcome}`];
  });
  if (needing.length > 0) {
    findings.push(
      warn(
        'users',
        needing.join(', '),
        'Each has its reason: licenser user show USER, licenser failure list.',
      ),
    );
  }
  return findings;
}

function isOverdue(since: number, now: number): boolean {
  return now - since > timing.doctor.userOverdue.ms;
}
