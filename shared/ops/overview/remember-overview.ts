import { rememberByKey } from '../../kernel/remembered';
import { timing } from '../../kernel/timing';
import { samplesOf } from '../samples/remember-samples';
import type { SampleStores } from '../samples/sample-id';
import { showOverview } from './show-overview';
import type { OverviewParts, OverviewView } from './show-overview';

/** Charts of different lengths that are kept at a time. */
const mostKept = 8;

/** What the overview of one process is made of. */
export type RememberedParts = Omit<OverviewParts, 'samples'> & { readonly samples: SampleStores };

/** The overview, read each time; the samples of its charts stay in memory. */
export function makeOverview({
  samples,
  ...rest
}: RememberedParts): (hours: number) => Promise<OverviewView> {
  const parts: OverviewParts = { ...rest, samples: samplesOf(samples, rest.services.clock) };
  return (hours) => showOverview(parts, hours);
}

/** The overview of one process, read again after 5 s: many open pages cost as much as one. */
export function rememberOverview(parts: RememberedParts): (hours: number) => Promise<OverviewView> {
  const views = rememberByKey(makeOverview(parts), {
    clock: parts.services.clock,
    maxAgeMs: timing.ops.overview.ms,
    mostKept,
  });
  return (hours) => views.current(hours);
}
