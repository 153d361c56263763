import { minute, second } from '../duration';
import type { Durations } from '../duration';

/** Finding the user whose handling ends the process. */
export const crashesTiming = {
  heartbeat: {
    ms: 20 * second,
    why: 'How often a process that handles messages says that it lives: one table write, however many messages.',
  },
  dead: {
    ms: 90 * second,
    why:
      'A process of another machine that has said nothing for this long is dead: four heartbeats, and longer than the ' +
      'lock of a message, which is not delivered again before. A process of this machine is asked for by its number.',
  },
  look: {
    ms: minute,
    why: 'How often a process looks whether others have died: one query of a handful of rows.',
  },
  window: {
    ms: 30 * minute,
    why: 'Deaths within this time belong together; older ones are forgotten.',
  },
} satisfies Durations;
