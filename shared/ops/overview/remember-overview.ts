import { rememberByKey } from '../../kernel/remembered';
import { timing } from '../../kernel/timing';
import { showOverview } from './show-overview';
import type { OverviewParts, OverviewView } from './show-overview';

/** Charts of different lengths that are kept at a time. */
const mostKept = 8;

/** The overview of one process, read again after 5 s: many open pages cost as much as one. */
export function rememberOverview(parts: OverviewParts): (hours: number) => Promise<OverviewView> {
  const views = rememberByKey((hours: number) => showOverview(parts, hours), {
    clock: parts.services.clock,
    maxAgeMs: timing.ops.overview.ms,
    mostKept,
  });
  return (hours) => views.current(hours);
}
