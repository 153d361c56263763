import { seededRandom } from '../../shared/kernel/random';
import { drawScript } from '../script/draw-script';
import { makeDraw } from '../script/draw';
import type { Change, FaultKind } from '../script/script';
import type { PolicyModel, TenantModel } from '../script/tenant-model';
import type { TenantChange } from '../world/change-tenant';

/** Over wires: processes that are killed, and what the embedded Graph can be told to do. */
const kinds = [
  'kill',
  'brokerRestart',
  'tablesRestart',
  'graph429',
  'graph500',
  'graph503',
  'graphResetAfterCommit',
  'staleReads',
  'groupLag',
  'newUserLag',
  'locationLag',
  'lostNotification',
  'doubledNotification',
  'lostUserPosition',
  'revokedTokens',
] as const satisfies readonly FaultKind[];

export type WireFault = {
  /** Milliseconds from the start of the day. */
  readonly at: number;
  readonly kind: (typeof kinds)[number];
  /** How long Graph does it, how long a process is away (milliseconds). */
  readonly forMs: number;
  /** Of what is behind: how far (milliseconds). */
  readonly lagMs: number;
};

/** A short day in real time. */
export type WireDay = {
  readonly seed: number;
  readonly tenant: TenantModel;
  readonly policy: PolicyModel;
  readonly changes: readonly TenantChange[];
  readonly faults: readonly WireFault[];
  /** Each function in processes of its own, as on Flex Consumption. */
  readonly likeFlex: boolean;
};

/** The admin of a day waits longer than that for who is not found (wire-cloud.ts). */
const longestLagMs = 6_000;
/** How long changes and faults go on (milliseconds). */
const dayMs = 20_000;

/**
 * The day of this seed, as short as people can wait for it: the same tenant and policy, the changes of the directory close
 * together, three to seven faults. What an admin does past the app is left out, for Graph's write log does not tell its
 * writers apart; so is a group that is no longer nested, which Graph never reports.
 */
export function drawWireDay(seed: number): WireDay {
  const { tenant, policies, changes, processes } = drawScript(seed);
  const [policy] = policies;
  if (policy === undefined) throw new Error('A script has a policy');
  const draw = makeDraw(seededRandom(seed + 3_000_000_019));
  const own = changes.filter(isOfDirectory);
  const faults = Array.from({ length: draw.between(3, 7) }, () => ({
    at: draw.between(0, dayMs),
    kind: draw.of(kinds),
    forMs: draw.between(500, 8_000),
    lagMs: draw.between(500, longestLagMs),
  }));
  return {
    seed,
    tenant,
    // An hour of grace would be an hour of waiting.
    policy: policy.removal === '1h' ? { ...policy, removal: '0d' } : policy,
    changes: own.map((change, index) => ({ ...change, at: (dayMs * (index + 1)) / (own.length + 1) })),
    faults: faults.sort((a, b) => a.at - b.at),
    likeFlex: processes === 'perFunction',
  };
}

function isOfDirectory(change: Change): change is TenantChange {
  const others: readonly Change['kind'][] = ['unnest', 'adminAssign', 'adminRemove', 'groupLicense'];
  return !('by' in change) && !others.includes(change.kind);
}
