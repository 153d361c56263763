import type { InvocationContext } from '@azure/functions';
import { throughInvocation } from '../observe/current-invocation';
import { makeInvocationLogger } from '../observe/invocation-logger';
import { withSpan } from '../observe/spans';
import { receiveAuditEvents } from '../pipeline/intake/audit/receive-audit-events';
import type { SendGroupCall } from '../pipeline/intake/groups/call-for-groups';
import type { Services } from '../pipeline/services';
import { makeFollowGroups } from './graph-call-trigger';
import { traceOf } from './trace-of';

/**
 * Event Hubs edge of Entra's audit log: it finishes, or throws when the looks cannot be queued or settings are wrong. The host
 * then calls again with the same events, by the retry policy of the registration, and keeps its place in the hub until a call
 * finishes: without such a policy it would go on behind them
 * (https://learn.microsoft.com/azure/azure-functions/functions-reliable-event-processing). `build`: gives what the app has.
 * `sendGroupCall`: has groups followed.
 */
export function makeAuditLogTrigger(build: () => Promise<Services>, sendGroupCall: SendGroupCall) {
  const followGroups = makeFollowGroups(sendGroupCall);
  return throughInvocation(async (batch: unknown, context: InvocationContext): Promise<void> => {
    const logger = makeInvocationLogger(context);
    try {
      const services = await build();
      const events: readonly unknown[] = Array.isArray(batch) ? batch : [batch];
      await withSpan('entra-audit-log process', traceOf(context), (trace) =>
        receiveAuditEvents(services, { logger, trace }, events, () => followGroups(services, logger)),
      );
    } catch (error) {
      logger.error('Records of the audit log cannot be taken now; they come again', { error });
      throw error;
    }
  });
}
