import type { LicensingTimes, StageTimes } from '../../shared/ops/users/licensing-times';
import { renderTable } from './render-table';
import { renderAge } from './render-time';

/** Time-to-licensed by hour, stage by stage, and all hours together. */
export function renderTimes({ hours, all }: LicensingTimes, asked: number): string {
  if (hours.length === 0) return `No user was licensed in the last ${String(asked)} hours.\n`;
  const table = renderTable(
    [
      { title: 'hour (UTC)' },
      { title: 'seen to' },
      { title: 'users', align: 'right' },
      { title: 'p50', align: 'right' },
      { title: 'p95', align: 'right' },
      { title: 'p99', align: 'right' },
    ],
    [
      ...hours.flatMap(({ hour, ...stages }) => rowsOf(hour.slice(0, 16).replace('T', ' '), stages)),
      ...(hours.length > 1 ? rowsOf('all', all) : []),
    ],
  );
  return table;
}

function rowsOf(title: string, stages: LicensingTimes['all']): string[][] {
  const rows = (['decided', 'written', 'verified'] as const).filter((stage) => stages[stage].users > 0);
  return rows.map((stage, index) => {
    const { users, p50, p95, p99 } = stages[stage];
    const ages = [p50, p95, p99].map((ms) => renderAge(ms ?? 0));
    return [index === 0 ? title : '', stage, String(users), ...ages];
  });
}

/** One line for other screens; '' when no user was licensed. */
export function renderTimesLine({ all }: LicensingTimes, hours: number): string {
  if (all.written.users === 0) return '';
  const { users } = all.written;
  const who = users === 1 ? '1 user' : `${String(users)} users`;
  return `Seen to written, last ${String(hours)} h: ${threeOf(all.written)} (p50 / p95 / p99, ${who})\n`;
}

function threeOf({ p50, p95, p99 }: StageTimes): string {
  if (p50 === null || p95 === null || p99 === null) return '';
  return [p50, p95, p99].map(renderAge).join(' / ');
}
