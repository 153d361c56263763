import type { Services } from '../../pipeline/services';
import type { Levels } from '../../store/ports/ops/levels';
import { fail, ok, warn } from './finding';
import type { Finding } from './finding';
import { timing } from '../../kernel/timing';

/** Users by outcome, and how many have been without one for too long. */
export type CountedUsers = {
  readonly all: number;
  readonly lost: number;
  readonly outcomes: Readonly<Record<string, number>>;
};

/** Reads every user's row: for a command, not for a request. */
export async function countAllUsers({
  users,
  clock,
}: Pick<Services, 'users' | 'clock'>): Promise<CountedUsers> {
  let all = 0;
  let lost = 0;
  const outcomes: Record<string, number> = {};
  for await (const { state } of users.list()) {
    all++;
    if (state.outcome !== null) outcomes[state.outcome] = (outcomes[state.outcome] ?? 0) + 1;
    else if (isOverdue(state.retry?.at ?? state.decidedAt ?? state.firstSeenAt, clock.now())) lost++;
  }
  return { all, lost, outcomes };
}

/** What `observe` counted; those without an outcome for long are not told apart from others who are tried again. */
export function usersOfLevels({ users }: Pick<Levels, 'users'>): CountedUsers {
  const { underWay: _, ...outcomes } = users;
  const all = Object.values(users).reduce((sum, count) => sum + count, 0);
  return { all, lost: 0, outcomes };
}

/** Users who should have an outcome and have none, and those who need a person. */
export async function checkUsers(count: () => Promise<CountedUsers>): Promise<readonly Finding[]> {
  const { all, lost, outcomes } = await count();
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
    const users = outcomes[outcome] ?? 0;
    return users === 0 ? [] : [`${String(users)} ${outcome}`];
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
