import { collect, readConcurrently } from '../../kernel/concurrently';
import { readIfUsable } from '../../pipeline/crashes/unusable-row';
import type { UserState } from '../../words/user-state';
import type { Services } from '../../pipeline/services';
import type { Attention } from '../../store/ports/ops/attention';
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

/** Users who are not done that one request reads: enough to see each reason. */
export const mostRead = 200;

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

/** Users of one reason are named so far; the rest are counted. */
const mostNamed = 5;

/**
 * Users who should have an outcome and have none, and those who need a person. `blocked`: who is, with the reason.
 */
export async function checkUsers(
  count: () => Promise<CountedUsers>,
  blocked?: AsyncIterable<Attention>,
): Promise<readonly Finding[]> {
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
  const needing = Object.entries(listOf).flatMap(([outcome, list]) => {
    const users = outcomes[outcome] ?? 0;
    return users === 0 ? [] : [{ text: `${String(users)} ${outcome}`, list }];
  });
  if (needing.length > 0) {
    const lists = [...new Set(needing.map(({ list }) => list))].join('; ');
    findings.push(warn('users', needing.map(({ text }) => text).join(', '), `${lists}.`));
  }
  return blocked === undefined ? findings : [...findings, ...(await sayWhoIsBlocked(blocked))];
}

/** Where the users of an outcome are shown with their reasons. */
const listOf = {
  blocked: 'Who is blocked stands below by reason',
  failed: 'Who failed: licenser failure list',
  waiting: 'Who waits: licenser waiting list',
  held: 'Who is held: licenser rollout list',
} as const;

/** By reason, the one of most users first: one repair often serves many. */
async function sayWhoIsBlocked(blocked: AsyncIterable<Attention>): Promise<readonly Finding[]> {
  const byReason = new Map<string, Attention[]>();
  for await (const one of blocked) {
    const code = one.reason?.code ?? 'unknown';
    byReason.set(code, [...(byReason.get(code) ?? []), one]);
  }
  return [...byReason]
    .sort(([, a], [, b]) => b.length - a.length)
    .map(([code, users]) => {
      const names = users
        .slice(0, mostNamed)
        .map(({ userPrincipalName, userId }) => userPrincipalName ?? userId);
      const more = users.length > mostNamed ? ` and ${String(users.length - mostNamed)} more` : '';
      const count = users.length === 1 ? '1 user is' : `${String(users.length)} users are`;
      return warn(
        'users',
        `${count} blocked (${code}): ${names.join(', ')}${more}`,
        users[0]?.reason?.text ?? 'See licenser user show USER.',
      );
    });
}

function isLost({ outcome, retry, decidedAt, firstSeenAt }: UserState, now: number): boolean {
  return outcome === null && isOverdue(retry?.at ?? decidedAt ?? firstSeenAt, now);
}

function isOverdue(since: number, now: number): boolean {
  return now - since > timing.doctor.userOverdue.ms;
}
