import { minute, second } from './duration';
import type { Durations } from './duration';

/** Calls of Microsoft Graph. */
export const graphTiming = {
  readRetry: {
    firstMs: 500,
    maxMs: 10 * second,
    why: 'Between attempts of a read whose refusal passes by itself; a time that Graph names is obeyed.',
    source: 'https://learn.microsoft.com/graph/throttling#best-practices-to-handle-throttling',
  },
  longestWait: {
    ms: 10 * minute,
    why: 'No Retry-After is obeyed longer than this; then one attempt asks again. A single wrong answer closed all reads for days.',
    source: 'https://learn.microsoft.com/graph/throttling',
  },
  request: {
    ms: 30 * second,
    why: 'One request. Graph answers or gives up before that; what hangs is sent again.',
  },
  newToken: {
    ms: 10 * second,
    why: 'A token that Graph refuses is replaced at once, and the next one not before this time: an app that is disabled is refused with every token.',
    source: 'https://learn.microsoft.com/entra/identity-platform/claims-challenge',
  },
} satisfies Durations;
