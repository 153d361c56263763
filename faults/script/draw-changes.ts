import type { Draw } from './draw';
import type { Act, Change } from './script';
import { troubleEndsMs } from './script';
import { departments, skuNames, skus } from './tenant-model';
import type { GroupKey, TenantModel, UserNumber } from './tenant-model';

const minuteMs = 60_000;
/** People whom the audit must name. */
export const people = ['ann', 'bob', 'cleo'] as const;

/**
 * A day of changes, in a few crowded stretches of three minutes: what happens far apart does not meet. Nothing begins
 * before the app has had its first round.
 */
export function drawChanges(draw: Draw, tenant: TenantModel, policies: number): Change[] {
  const stretches = Array.from({ length: draw.between(2, 4) }, () =>
    draw.between(2 * minuteMs, troubleEndsMs - 60 * minuteMs),
  );
  const when = () => draw.of(stretches) + draw.between(0, 3 * minuteMs);
  const known = tenant.users.map(({ user }) => user);
  const joiners = Array.from({ length: draw.between(2, 5) }, (_, index) => known.length + index + 1);
  const anyone = () => draw.of([...known, ...joiners]);
  const changes: Change[] = joiners.map((user) => ({
    kind: 'join',
    at: when(),
    user,
    department: draw.of(departments),
    memberOf: draw.chance(0.3) ? [draw.of(['outer', 'inner'] as const)] : [],
  }));
  for (let left = draw.between(4, 9); left > 0; left--)
    changes.push(...drawDirectoryChange(draw, when(), anyone()));
  for (let left = draw.between(0, 3); left > 0; left--) changes.push(...drawByAdmin(draw, when(), anyone()));
  for (let left = draw.between(0, 3); left > 0; left--) changes.push(drawAct(draw, when(), anyone()));
  for (let policy = 1; policy < policies; policy++) {
    changes.push({ kind: 'activate', at: when(), by: 'ann', policy, approver: 'bob' });
  }
  return changes.sort((a, b) => a.at - b.at);
}

function drawDirectoryChange(draw: Draw, at: number, user: UserNumber): Change[] {
  const group: GroupKey = draw.of(['outer', 'inner', 'licensed'] as const);
  const soon = at + draw.between(1_000, 20 * minuteMs);
  switch (draw.between(1, 8)) {
    case 1:
    case 2:
      return [{ kind: 'move', at, user, department: draw.of(departments) }];
    case 3:
      return [
        { kind: 'disable', at, user },
        ...(draw.chance(0.4) ? [{ kind: 'enable' as const, at: soon, user }] : []),
      ];
    case 4:
      return [
        { kind: 'delete', at, user },
        ...(draw.chance(0.7) ? [{ kind: 'restore' as const, at: soon, user }] : []),
      ];
    case 5:
    case 6:
      return [{ kind: 'addMember', at, user, group }];
    case 7:
      return [{ kind: 'removeMember', at, user, group }];
    default:
      return draw.chance(0.5)
        ? [{ kind: draw.of(['nest', 'unnest'] as const), at }]
        : [{ kind: 'rename', at, group, name: `Renamed ${String(draw.between(1, 99))}` }];
  }
}

function drawByAdmin(draw: Draw, at: number, user: UserNumber): Change[] {
  const sku = draw.of(skuNames);
  switch (draw.between(1, 5)) {
    case 1:
      return [{ kind: 'adminAssign', at, user, sku, off: draw.some(skus[sku].plans, 0.3) }];
    case 2:
      return [{ kind: 'adminRemove', at, user, sku }];
    case 3:
      return [
        { kind: 'seats', at, sku, enabled: draw.between(0, 4) },
        { kind: 'seats', at: at + draw.between(minuteMs, 40 * minuteMs), sku, enabled: draw.between(4, 30) },
      ];
    case 4:
      return [{ kind: 'seats', at, sku, enabled: draw.between(1, 8) }];
    default:
      return [
        { kind: 'groupLicense', at, sku: draw.chance(0.8) ? draw.of(['SPE_E3', 'EMS'] as const) : null },
      ];
  }
}

function drawAct(draw: Draw, at: number, user: UserNumber): Act {
  const by = draw.of(people);
  switch (draw.between(1, 6)) {
    case 1:
      return { kind: 'requeue', at, by, user };
    case 2:
      return { kind: draw.of(['replay', 'dismiss'] as const), at, by };
    case 3:
      return { kind: 'census', at, by };
    case 4:
    case 5:
      return {
        kind: 'pause',
        at,
        by,
        scope: draw.of(['intake', 'apply'] as const),
        forMs: draw.between(5_000, 10 * minuteMs),
      };
    default:
      return {
        kind: 'undo',
        at,
        by,
        user,
        backMs: draw.between(minuteMs, 60 * minuteMs),
        forMs: draw.between(minuteMs, 60 * minuteMs),
      };
  }
}
