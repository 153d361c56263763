import type { HttpRequest, HttpResponseInit, InvocationContext } from '@azure/functions';
import type { Clock } from '../kernel/clock';
import { timing } from '../kernel/timing';
import { throughInvocation } from '../observe/current-invocation';
import { makeInvocationLogger } from '../observe/invocation-logger';
import { withSpan } from '../observe/spans';
import { answerOrigin } from '../pipeline/intake/events/answer-origin';
import { receiveEventMessage, receiveEvents } from '../pipeline/intake/events/receive-events';
import type { SendGroupCall } from '../pipeline/intake/groups/call-for-groups';
import type { Services } from '../pipeline/services';
import { eventQueue } from '../queue/event-queue';
import { makeFollowGroups, makeGraphCallTrigger } from './graph-call-trigger';
import { traceOf } from './trace-of';

/** HTTP edge of Graph's changes by Event Grid: OPTIONS asks for permission, POST brings events. */
export function makeGraphEventTrigger(build: () => Promise<Services>, sendGroupCall: SendGroupCall) {
  const take = makeGraphCallTrigger(build, sendGroupCall, {
    span: 'graph-events',
    what: 'Events',
    receive: (services, task, request, body, followGroups) => {
      const header = (name: string) => request.headers.get(name);
      return receiveEvents(services, task, { header, body }, followGroups);
    },
  });
  return async (request: HttpRequest, context: InvocationContext): Promise<HttpResponseInit> =>
    request.method === 'OPTIONS'
      ? answerOrigin(request.headers.get('webhook-request-origin'))
      : take(request, context);
}

/**
 * Edge of the same by a queue: it finishes, or throws, and the host gives the message back. Whatever was thrown waits a
 * minute first (`timing.queue.beforeRedelivery`), so that ten deliveries last ten minutes: tables or a queue that are away are
 * not waited for anywhere else here.
 */
export function makeGraphEventQueueTrigger(
  build: () => Promise<Services>,
  sendGroupCall: SendGroupCall,
  clock: Clock,
) {
  const followGroups = makeFollowGroups(sendGroupCall);
  return throughInvocation(async (body: unknown, context: InvocationContext): Promise<void> => {
    const logger = makeInvocationLogger(context);
    try {
      const services = await build();
      await withSpan(`${eventQueue} process`, traceOf(context), (trace) =>
        receiveEventMessage(services, { logger, trace }, body, () => followGroups(services, logger)),
      );
    } catch (error) {
      logger.error('The events cannot be taken now; they wait before they are delivered again', { error });
      await clock.sleep(timing.queue.beforeRedelivery.ms);
      throw error;
    }
  });
}
