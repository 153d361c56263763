import type { OpenGraph } from '@auto-licenser/graph-emulator/open-graph';
import { changeSettings } from '@auto-licenser/graph-emulator/settings';
import type { MemoryTables } from '../../rehearsal/world/tables/memory-tables';
import type { VirtualTime } from '../../rehearsal/world/virtual-time';
import type { FaultKind } from '../script/script';
import type { SimulatedProcess } from './process';
import type { Subscriptions } from './subscriptions';
import type { Weather } from './weather';

type Struck = {
  readonly graph: OpenGraph;
  readonly tables: MemoryTables;
  readonly subscriptions: Subscriptions;
  readonly processes: () => readonly SimulatedProcess[];
  readonly tell: (text: string) => void;
};

/** As openTenant begins with: no lag that anybody could see, and old versions are kept. */
const calm = { staleReadMs: 1, membershipLagMs: 0, notFoundLagMs: 0, usageLocationLagMs: 0 };
const settingOf: Readonly<Partial<Record<FaultKind, keyof typeof calm>>> = {
  staleReads: 'staleReadMs',
  groupLag: 'membershipLagMs',
  newUserLag: 'notFoundLagMs',
  locationLag: 'usageLocationLagMs',
};
/** Flapping reads are behind, and are not, in turns of this length. */
const turnMs = 3_000;
/** Servers keep their clocks within seconds; a machine that was moved may be further off for a while. */
const farthestClockMs = 20_000;

/** Tables whose rows may be damaged: those that tell of users, and those that the app finds its way by. */
const damaged = ['users', 'cursors', 'waiting', 'handling', 'times', 'attention'];

/** Plans the faults that last for a while, or strike something at rest. */
export function lastingFaults(
  weather: Weather,
  time: VirtualTime,
  { graph, tables, subscriptions, processes, tell }: Struck,
): { readonly areTablesAway: () => boolean } {
  const set = (change: Partial<typeof calm>) => changeSettings(graph.engine.settings, change);
  for (const [kind, setting] of Object.entries(settingOf) as [FaultKind, keyof typeof calm][]) {
    weather.onEach(kind, ({ lagMs, forMs }) => {
      set({ [setting]: lagMs });
      time.after(forMs, () => set({ [setting]: calm[setting] }));
    });
  }
  weather.onEach('flappingReads', ({ lagMs, forMs }) => {
    const until = time.now + forMs;
    let isBehind = false;
    const turn = () => {
      isBehind = !isBehind && time.now < until;
      set({ staleReadMs: isBehind ? lagMs : calm.staleReadMs });
      if (time.now < until) time.after(turnMs, turn);
    };
    turn();
  });
  weather.onEach('lostSubscription', () => subscriptions.lose());
  weather.onEach('revokedTokens', () => graph.revokeTokens());
  weather.onEach('clockJump', ({ nth, lagMs, forMs }) => {
    const all = processes();
    const process = all[nth % all.length];
    if (process === undefined) return;
    process.skewMs = Math.min(farthestClockMs, lagMs) * (nth % 2 === 0 ? 1 : -1);
    time.after(forMs, () => {
      process.skewMs = 0;
    });
  });
  let awayUntil = -Infinity;
  weather.onEach('tablesAway', ({ forMs }) => {
    awayUntil = Math.max(awayUntil, time.now + forMs);
  });
  weather.onEach('damagedRow', ({ nth }) => {
    const table = damaged[nth % damaged.length] ?? 'users';
    const rows = tables.rows(table);
    const row = rows[(nth * 7) % Math.max(1, rows.length)];
    if (row === undefined) return;
    const damage = Object.entries(row).map(([name, value]) => [
      name,
      typeof value === 'string' && !['partitionKey', 'rowKey', 'etag'].includes(name) ? '{damaged' : value,
    ]);
    tell(`the row ${String(row['partitionKey'])} ${String(row['rowKey'])} of ${table} is damaged`);
    tables.put(table, Object.fromEntries(damage) as typeof row);
  });
  return { areTablesAway: () => time.now < awayUntil };
}
