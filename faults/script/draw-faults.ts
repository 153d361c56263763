import type { Draw } from './draw';
import { faultKinds, troubleEndsMs } from './script';
import type { Change, Fault, FaultKind } from './script';

/** Kinds that come so often beside one of each other kind. */
const weights: Readonly<Partial<Record<FaultKind, number>>> = {
  kill: 6,
  lostLock: 4,
  redelivery: 4,
  lateMessage: 5,
  lostNotification: 6,
  doubledNotification: 3,
  lateNotification: 4,
  graphResetAfterCommit: 4,
  graphTimeoutAfterCommit: 2,
  graphResetBeforeCommit: 2,
  staleReads: 3,
  flappingReads: 2,
  tableError: 3,
  tableErrorAfterCommit: 4,
  tableConflict: 4,
  queueError: 3,
  queueErrorAfterSend: 3,
  // Drawn by themselves: draw-intake-deaths.ts, draw-operations.ts.
  killAtHints: 0,
  rollback: 0,
  olderMessage: 0,
  newerMessage: 0,
  revokedTokens: 0,
};
const bag: readonly FaultKind[] = faultKinds.flatMap((kind) =>
  Array.from({ length: weights[kind] ?? 1 }, () => kind),
);
const graphKinds: ReadonlySet<FaultKind> = new Set([
  'graph429',
  'graph500',
  'graph503',
  'graphTimeout',
  'graphTimeoutAfterCommit',
  'graphResetBeforeCommit',
  'graphResetAfterCommit',
]);
/** From the third death on a user may be given up on for good reason. */
const mostKills = 4;
/** A row that cannot be read waits for a person. */
const mostDamages = 1;

/** 8 to 40 faults, most of them within five minutes after a change: idle hours have nothing to lose. */
export function drawFaults(draw: Draw, changes: readonly Change[]): Fault[] {
  const near = changes.map(({ at }) => at);
  const faults: Fault[] = [];
  for (let left = draw.between(8, 40); left > 0; left--) {
    const kind = draw.of(bag);
    const among = faults.filter((fault) => fault.kind === kind).length;
    if (kind === 'kill' && among >= mostKills) continue;
    if (kind === 'damagedRow' && (among >= mostDamages || draw.chance(0.7))) continue;
    const anchor = draw.chance(0.9) && near.length > 0 ? draw.of(near) : draw.between(0, troubleEndsMs / 2);
    faults.push({
      kind,
      at: Math.min(troubleEndsMs - 1_000, anchor + draw.between(0, draw.chance(0.7) ? 20_000 : 300_000)),
      nth: draw.between(0, 30),
      ...(graphKinds.has(kind) && draw.chance(0.6)
        ? { of: draw.chance(0.7) ? ('write' as const) : ('read' as const) }
        : {}),
      forMs: draw.between(1_000, kind === 'lateMessage' && draw.chance(0.5) ? 240_000 : 90_000),
      lagMs: draw.between(500, 20_000),
    });
  }
  return faults.sort((a, b) => a.at - b.at);
}
