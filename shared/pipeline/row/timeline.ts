import type { TimelineEntry } from '../../words/timeline';
import type { UserState } from '../../words/user-state';
import type { Heard, Refusal, Row, Seen } from './events';

/** The first row of a user's timeline. */
export function seenEntry({ source, seenAt }: Pick<Heard, 'source' | 'seenAt'>): TimelineEntry {
  return { version: 0, step: 'seen', at: seenAt, text: `seen by ${source}`, facts: { source } };
}

/** What the timeline says of a write that a crash interrupted and that this look found to have taken effect. */
export function interruptedEntry(
  { state }: Row,
  { interrupted }: Pick<Seen, 'interrupted'>,
  at: number,
): readonly TimelineEntry[] {
  if (interrupted !== 'written' || !state?.intent) return [];
  return [
    {
      version: state.version,
      step: 'written',
      at,
      text: 'an interrupted write was found to have taken effect',
      facts: { add: state.intent.add, remove: state.intent.remove },
    },
  ];
}

/** The timeline's entry about a write that Graph refused. */
export function refusedEntry(
  { version }: Pick<UserState, 'version'>,
  at: number,
  text: string,
  facts: TimelineEntry['facts'],
): TimelineEntry {
  return { version, step: 'refused', at, text, facts };
}

/** What the timeline keeps of a refusal, so that people can find it in Graph's logs. */
export function refusalFacts({ status, graphCode, requestId }: Refusal): TimelineEntry['facts'] {
  return { status, graphCode, requestId };
}
