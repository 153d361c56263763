import type { HttpRequest, HttpResponseInit, InvocationContext } from '@azure/functions';
import { UserError } from '../kernel/errors';
import { throughInvocation } from '../observe/current-invocation';
import { makeInvocationLogger } from '../observe/invocation-logger';
import { withSpan } from '../observe/spans';
import type { Services } from '../pipeline/services';
import { makeGroupCalls } from '../pipeline/intake/groups/call-for-groups';
import type { SendGroupCall } from '../pipeline/intake/groups/call-for-groups';
import { receiveNotification } from '../pipeline/intake/receive-notification';
import { readLimited } from './read-limited';
import { traceOf } from './trace-of';

/** Bytes: far more than Graph puts into one call. */
const longestBody = 1_048_576;

/**
 * HTTP edge of the notifications. Wrong settings answer 503: Graph sends again for up to four hours. `sendGroupCall`: has
 * groups followed.
 */
export function makeNotificationTrigger(build: () => Promise<Services>, sendGroupCall: SendGroupCall) {
  const callForGroups = makeGroupCalls(sendGroupCall);
  return throughInvocation(
    async (request: HttpRequest, context: InvocationContext): Promise<HttpResponseInit> => {
      const logger = makeInvocationLogger(context);
      try {
        const services = await build();
        const body = await readLimited(request, longestBody);
        if (body === undefined) {
          logger.warn('Notification refused: its body is longer than 1 MB');
          return { status: 413, body: 'The body is longer than 1 MB.' };
        }
        const answer = await withSpan('graph-notification', traceOf(context), (traceparent) => {
          const validationToken = request.query.get('validationToken');
          const onError = (error: Error) => logger.warn('Groups are followed by their timer only', { error });
          return receiveNotification(
            services,
            { logger, trace: traceparent },
            { validationToken, body },
            () => callForGroups(services, onError),
          );
        });
        return {
          status: answer.status,
          body: answer.body,
          headers: { 'content-type': answer.contentType, 'x-content-type-options': 'nosniff' },
        };
      } catch (error) {
        if (!(error instanceof UserError)) throw error;
        logger.error('Notification not taken', { error, hint: error.hint });
        return { status: 503, body: 'The app is not configured; its log says what is wrong.' };
      }
    },
  );
}
