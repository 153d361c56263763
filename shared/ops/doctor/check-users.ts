import { collect, readConcurrently } from '../../kernel/concurrently';
import { readIfUsable } from '../../pipeline/crashes/unusable-row';
import type { UserState } from '../../words/user-state';
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
    else if (isLost(state, clock.now())) lost++;
  }
  return { all, lost, outcomes };
}

/** Rows of users under way that one request reads. */
const mostRead = 200;

/**
 * What `observe` counted; of the users who are under way the rows say who has been so for too long. For a request: nothing
 * is read that grows with the tenant.
 */
export async function countByLevels(
  { users: rows, attention, clock }: Pick<Services, 'users' | 'attention' | 'clock'>,
  { users }: Pick<Levels, 'users'>,
): Promise<CountedUsers> {
  const { underWay: _, ...outcomes } = users;
  const all = Object.values(users).reduce((sum, count) => sum + count, 0);
  const listed = await collect(attention.list('underWay', { limit: mostRead }));
  const overdue = readConcurrently(
    listed.filter(({ since }) => isOverdue(since, clock.now())),
    async ({ userId }) => {
      const state = (await readIfUsable(rows, userId))?.state;
      return state !== undefined && state !== null && isLost(state, clock.now());
    },
  );
  const lost = (await collect(overdue)).filter(Boolean).length;
  return { all, lost, outcomes };
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

function isLost({ outcome, retry, decidedAt, firstSeenAt }: UserState, now: number): boolean {
  return outcome === null && isOverdue(retry?.at ?? decidedAt ?? firstSeenAt, now);
}

function isOverdue(since: number, now: number): boolean {
  return now - since > timing.doctor.userOverdue.ms;
}
