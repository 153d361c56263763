import type { SeenUser } from '../look/look-at-user';
import type { TimelineEntry } from '../../words/timeline';
import type { UserRecord } from '../../store/ports/user-store';

/** What the timeline says of a write that a crash interrupted and that this look found to have taken effect. */
export function interruptedEntry(
  { state }: UserRecord,
  { interrupted }: SeenUser,
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
