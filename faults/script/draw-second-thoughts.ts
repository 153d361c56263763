import type { Draw } from './draw';
import { troubleEndsMs } from './script';
import type { Change, Fault } from './script';
import { departments } from './tenant-model';
import type { Department, PolicyModel, TenantModel, UserNumber } from './tenant-model';

const minuteMs = 60_000;

/** What the day has already. */
export type Day = { readonly tenant: TenantModel; readonly changes: readonly Change[] };
/** What is drawn beside it. */
export type Added = { readonly changes: readonly Change[]; readonly faults: readonly Fault[] };

/**
 * Users who change twice: what the first change calls for is interrupted while it is written, and the second one comes
 * before it is tried again. Who repeats the old write instead of deciding anew gives or takes the wrong license then.
 * One to three a day, at a time of their own; most of them joiners, who have no other story.
 */
export function drawSecondThoughts(draw: Draw, policies: readonly PolicyModel[], day: Day): Added {
  const known = day.tenant.users.map(({ user }) => user);
  let next = nextUser(day);
  const changes: Change[] = [];
  const faults: Fault[] = [];
  for (let left = draw.between(1, 3); left > 0; left--) {
    const at = draw.between(2 * minuteMs, troubleEndsMs - 20 * minuteMs);
    const isJoiner = draw.chance(0.7);
    const user = isJoiner ? next++ : draw.of(known);
    const department = drawGranting(draw, policies);
    const again = at + draw.between(12_000, 50_000);
    changes.push(
      isJoiner
        ? { kind: 'join', at, user, department, memberOf: [] }
        : { kind: 'move', at, user, department },
      drawSecond(draw, again, user, department),
    );
    faults.push(...drawInterruption(draw, at, user));
  }
  return { changes, faults };
}

/** The first number that no user has. */
export function nextUser({ tenant, changes }: Day): UserNumber {
  const joiners = changes.flatMap((change) => (change.kind === 'join' ? [change.user] : []));
  return Math.max(...tenant.users.map(({ user }) => user), ...joiners) + 1;
}

/** One that the first policy has a rule for. */
export function drawGranting(draw: Draw, [policy]: readonly PolicyModel[]): Department {
  const named = policy?.rules.flatMap((rule) => rule.department ?? []) ?? [];
  return draw.of(named.length > 0 ? named : departments);
}

function drawSecond(draw: Draw, at: number, user: UserNumber, before: Department): Change {
  const others = departments.filter((one) => one !== before);
  switch (draw.between(1, 6)) {
    case 1:
      return { kind: 'disable', at, user };
    case 2:
      return { kind: 'addMember', at, user, group: draw.of(['outer', 'inner'] as const) };
    default:
      return { kind: 'move', at, user, department: draw.of(others) };
  }
}

/** What keeps the write of this user from being done at once. The message of a process that ended comes back after a minute. */
function drawInterruption(draw: Draw, at: number, user: UserNumber): Fault[] {
  const fault = { at, of: 'write', user, forMs: 1_000, lagMs: 1_000 } as const;
  const nth = draw.between(0, 30);
  switch (draw.between(1, 5)) {
    case 1:
      return [{ ...fault, nth, kind: 'graphTimeout' }];
    case 2:
      return Array.from({ length: draw.between(2, 4) }, () => ({ ...fault, nth, kind: 'graph503' as const }));
    default:
      // Three of four before the write takes effect.
      return [{ ...fault, nth: draw.chance(0.75) ? 0 : 1, kind: 'kill' }];
  }
}
