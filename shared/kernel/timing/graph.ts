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
  connect: {
    ms: 10 * second,
    why: 'Making a connection, TLS included. Node sets no limit of its own; what came to no connection was not sent, also of a write.',
  },
  idleConnection: {
    ms: 4 * second,
    why: 'A connection that nothing has used for this time is closed here, before Graph closes it under a write, which would then have to be read back. It is what Node’s own fetch does.',
    source: 'https://undici.nodejs.org/#/docs/api/Client?id=parameter-clientoptions',
  },
  keptToken: {
    ms: minute,
    why: 'The identity is asked for its token once in this time, and 5 minutes before the token ends: each asking goes through the whole chain of credentials.',
  },
  newToken: {
    ms: 10 * second,
    why: 'A token that Graph refuses is replaced at once, and the next one not before this time: an app that is disabled is refused with every token.',
    source: 'https://learn.microsoft.com/entra/identity-platform/claims-challenge',
  },
} satisfies Durations;
