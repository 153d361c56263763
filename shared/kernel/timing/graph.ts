import { second } from './duration';
import type { Durations } from './duration';

/** Calls of Microsoft Graph. */
export const graphTiming = {
  readRetry: {
    firstMs: 500,
    maxMs: 10 * second,
    why: 'Between attempts of a read whose refusal passes by itself; a time that Graph names is obeyed.',
    source: 'https://learn.microsoft.com/graph/throttling#best-practices-to-handle-throttling',
  },
  request: {
    ms: 30 * second,
    why: 'One request. Graph answers or gives up before that; what hangs is sent again.',
  },
} satisfies Durations;
