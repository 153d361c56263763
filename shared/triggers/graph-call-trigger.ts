import type { HttpRequest, HttpResponseInit, InvocationContext } from '@azure/functions';
import { UserError } from '../kernel/errors';
import type { Logger } from '../kernel/logger';
import { throughInvocation } from '../observe/current-invocation';
import { makeInvocationLogger } from '../observe/invocation-logger';
import { withSpan } from '../observe/spans';
import { makeGroupCalls } from '../pipeline/intake/groups/call-for-groups';
import type { SendGroupCall } from '../pipeline/intake/groups/call-for-groups';
import type { HttpAnswer } from '../pipeline/intake/receive-notification';
import type { FollowGroups } from '../pipeline/intake/take-notifications';
import type { Services } from '../pipeline/services';
import type { Task } from '../pipeline/task';
import { readLimited } from './read-limited';
import { traceOf } from './trace-of';

/** Bytes: far more than Graph or Event Grid puts into one call. */
const longestBody = 1_048_576;

/** What a call that tells of changes is: its name in traces, how it is called in the log, and who takes it. */
export type GraphCall = {
  readonly span: string;
  readonly what: string;
  readonly receive: (
    services: Services,
    task: Task,
    request: HttpRequest,
    body: string,
    followGroups: FollowGroups,
  ) => Promise<HttpAnswer>;
};

/** How a call has the groups followed: not at all when that fails, since their timer does. */
export function makeFollowGroups(
  sendGroupCall: SendGroupCall,
): (services: Services, logger: Logger) => Promise<void> {
  const callForGroups = makeGroupCalls(sendGroupCall);
  return (services, logger) =>
    callForGroups(services, (error) => logger.warn('Groups are followed by their timer only', { error }));
}

/**
 * HTTP edge of what tells of changes. Wrong settings answer 503: the sender calls again, for hours. `sendGroupCall`: has
 * groups followed.
 */
export function makeGraphCallTrigger(
  build: () => Promise<Services>,
  sendGroupCall: SendGroupCall,
  { span, what, receive }: GraphCall,
) {
  const followGroups = makeFollowGroups(sendGroupCall);
  return throughInvocation(
    async (request: HttpRequest, context: InvocationContext): Promise<HttpResponseInit> => {
      const logger = makeInvocationLogger(context);
      try {
        const services = await build();
        const body = await readLimited(request, longestBody);
        if (body === undefined) {
          logger.warn(`${what} refused: its body is longer than 1 MB`);
          return { status: 413, body: 'The body is longer than 1 MB.' };
        }
        const answer = await withSpan(span, traceOf(context), (traceparent) =>
          receive(services, { logger, trace: traceparent }, request, body, () =>
            followGroups(services, logger),
          ),
        );
        return {
          status: answer.status,
          body: answer.body,
          headers: { 'content-type': answer.contentType, 'x-content-type-options': 'nosniff' },
        };
      } catch (error) {
        if (!(error instanceof UserError)) throw error;
        logger.error(`${what} not taken`, { error, hint: error.hint });
        return { status: 503, body: 'The app is not configured; its log says what is wrong.' };
      }
    },
  );
}
