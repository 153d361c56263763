import type { Clock } from '../../kernel/clock';
import { overrideMembers } from '../../kernel/override-members';
import type { QueueSender } from '../../queue/queue-sender';

/** A look that is due later than this is a story of its own, not part of this trace. */
const sameStoryMs = 10 * 60_000;
/** The hints of a crowd are not one story either. */
const fewUsers = 50;

/** A sender whose messages continue the trace of the message in hand: `trace.parent` is this invocation's span. */
export function carryTrace(queues: QueueSender, traceparent: string | undefined, clock: Clock): QueueSender {
  if (traceparent === undefined) return queues;
  return overrideMembers(queues, {
    sendHints: (hints, options = {}) => {
      const isLater = (options.scheduledAt ?? 0) - clock.now() > sameStoryMs;
      if (isLater || hints.length > fewUsers) return queues.sendHints(hints, options);
      return queues.sendHints(hints, { ...options, parent: traceparent });
    },
    sendOperation: (queue, message, sessionId) =>
      queues.sendOperation(queue, { ...message, trace: { parent: traceparent } }, sessionId),
  });
}
