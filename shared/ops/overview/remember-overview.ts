import { rememberByKey } from '../../kernel/remembered';
import { timing } from '../../kernel/timing';
import { rememberSeldom } from './remember-seldom';
import { samplesOf } from '../samples/remember-samples';
import type { SampleStores } from '../samples/sample-id';
import { showOverview } from './show-overview';
import type { OverviewParts, OverviewView } from './show-overview';

/** Charts of different lengths that are kept at a time. */
const mostKept = 8;

/** What the overview of one process is made of. */
export type RememberedParts = Omit<OverviewParts, 'samples'> & { readonly samples: SampleStores };

/** Reads the overview of one process. */
export type OverviewReader = {
  /** With charts over so many hours. Never throws for a part that does not answer. */
  read(hours: number): Promise<OverviewView>;
  /** Something was changed in this process: who reads next sees it. */
  forget(): void;
};

/** The overview, read each time; the samples of its charts stay in memory, and for some seconds what changes seldom. */
export function makeOverview({ samples, services, ...rest }: RememberedParts): OverviewReader {
  const seldom = rememberSeldom(services);
  const parts: OverviewParts = {
    ...rest,
    services: seldom.services,
    samples: samplesOf(samples, services.clock),
  };
  return { read: (hours) => showOverview(parts, hours), forget: seldom.forget };
}

/** The overview of one process, read again after 5 s: many open pages cost as much as one. */
export function rememberOverview(parts: RememberedParts): OverviewReader {
  const overview = makeOverview(parts);
  const views = rememberByKey((hours: number) => overview.read(hours), {
    clock: parts.services.clock,
    maxAgeMs: timing.ops.overview.ms,
    mostKept,
  });
  return {
    read: (hours) => views.current(hours),
    forget: () => {
      overview.forget();
      views.forgetAll();
    },
  };
}
