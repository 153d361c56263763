import type { Draw } from './draw';
import { drawGranting, nextUser } from './draw-second-thoughts';
import type { Added, Day } from './draw-second-thoughts';
import { troubleEndsMs } from './script';
import type { PolicyModel } from './tenant-model';

const minuteMs = 60_000;
/** Of a day. */
const chance = 0.6;

/**
 * A joiner whom delta alone tells of, and whose page is the last one of the process that reads it: it ends when it sends
 * the hint, before or after. Who has stored the position by then never looks at this user again.
 */
export function drawIntakeDeaths(draw: Draw, policies: readonly PolicyModel[], day: Day): Added {
  if (!draw.chance(chance)) return { changes: [], faults: [] };
  const at = draw.between(2 * minuteMs, troubleEndsMs - 20 * minuteMs);
  const user = nextUser(day);
  const fault = { at, user, forMs: 1_000, lagMs: 1_000 } as const;
  return {
    changes: [{ kind: 'join', at, user, department: drawGranting(draw, policies), memberOf: [] }],
    faults: [
      // Three of four before the hint is sent.
      { ...fault, kind: 'killAtHints', nth: draw.chance(0.75) ? 0 : 1 },
      { ...fault, kind: 'lostNotification', nth: 0 },
      { ...fault, kind: 'lostNotification', nth: 0 },
    ],
  };
}
