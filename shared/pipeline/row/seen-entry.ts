import type { Hint } from '../../queue/messages';
import type { TimelineEntry } from '../../words/timeline';

/** The first row of a user's timeline. */
export function seenEntry(seenAt: number, hint: Hint): TimelineEntry {
  return {
    version: 0,
    step: 'seen',
    at: seenAt,
    text: `seen by ${hint.source}`,
    facts: { source: hint.source },
  };
}
