import { minute, second } from './duration';
import type { Durations } from './duration';

/** Service Bus. */
export const queueTiming = {
  sendAttempt: {
    ms: 8 * second,
    why:
      'A message that went into a connection just as it broke is never answered. The client would wait its whole ' +
      'time-out for it, which is longer than sending it again takes.',
  },
  sendStep: {
    ms: second,
    why: 'Attempts that begin within a second share one limit, and may take as much longer.',
  },
  sendEnd: {
    ms: 11 * second,
    why:
      'An attempt to send, whatever the client does: opening a link for a batch has no time-out in it and does not look at ' +
      'the signal that ends the attempt.',
  },
  closing: {
    ms: 5 * second,
    why: 'How long the end of a client or a receiver is waited for: of one that gets no answer it may never come.',
  },
  sendRetry: {
    firstMs: 200,
    maxMs: 5 * second,
    why: 'Between attempts to send while Service Bus is away.',
  },
  peekAttempt: {
    ms: 45 * second,
    why: 'One page of peeking, or of dead letters, retries of the client included: one that waits longer waits for good.',
  },
  clientRenewed: {
    ms: minute,
    why:
      'A Service Bus client without any answer is replaced at most so often: a broker that is away for hours must not ' +
      'leave hundreds of clients behind.',
  },
  deadLetterWait: {
    ms: second,
    why: 'How long an empty dead-letter queue is waited at: the timer comes again in five minutes.',
  },
  clientRetry: {
    ms: 500,
    why: 'Between the retries of the Service Bus client itself; longer outages are waited out by the sender.',
  },
  clientTimeout: {
    ms: 20 * second,
    why: 'One operation of the Service Bus client, such as opening a link. Its default of 60 s would use up the budget.',
    source: 'https://learn.microsoft.com/javascript/api/@azure/service-bus/retryoptions',
  },
  straySession: {
    ms: 2 * second,
    why: 'How long the broker is asked for a session that is free, when sessions that are no lanes are emptied.',
  },
  strayWait: {
    ms: 100,
    why: 'How long such a session is waited at for one more message: what comes later is met again.',
  },
  beforeRedelivery: {
    ms: minute,
    why: 'The host redelivers at once what a handler throws, so a trouble that may pass is waited out in the handler.',
    source: 'https://learn.microsoft.com/azure/azure-functions/functions-bindings-error-pages',
  },
} satisfies Durations;
