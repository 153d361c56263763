import type { Draw } from './draw';
import { troubleEndsMs } from './script';
import type { Change, Fault } from './script';
import type { TenantModel } from './tenant-model';

const minuteMs = 60_000;

/**
 * What those who run the app bring: in one of four days it is rolled back for a while; messages of an older and of a newer
 * version arrive; tokens are revoked. All within a minute after a change.
 */
export function drawOperations(draw: Draw, { users }: TenantModel, changes: readonly Change[]): Fault[] {
  const when = () =>
    Math.min(troubleEndsMs - 1_000, draw.of(changes.map(({ at }) => at)) + draw.between(0, minuteMs));
  const faults: Fault[] = [];
  const add = (kind: Fault['kind'], forMs: number) =>
    faults.push({
      kind,
      at: when(),
      nth: draw.between(0, 30),
      user: draw.of(users).user,
      forMs,
      lagMs: draw.between(500, 60 * minuteMs),
    });
  if (draw.chance(0.25)) add('rollback', draw.between(minuteMs, 15 * minuteMs));
  for (let left = draw.between(0, 2); left > 0; left--) add('olderMessage', 0);
  for (let left = draw.between(0, 1); left > 0; left--)
    add('newerMessage', draw.between(2 * minuteMs, 20 * minuteMs));
  if (draw.chance(0.3)) add('revokedTokens', 0);
  return faults;
}
