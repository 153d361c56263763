import { entryOf, int, map, string, symbol, toText } from '../amqp/value';
import type { AmqpEntry, AmqpValue } from '../amqp/value';
import { AmqpError } from '../amqp/amqp-error';
import type { Broker } from '../engine/broker';
import { Arguments } from './arguments';
import { messageOperations } from './message-operations';
import type { Operation } from './operation';
import type { Reply, Request } from './request-reply';
import { sessionOperations } from './session-operations';
import { toAmqpError, toStatus } from './to-amqp-error';

/** https://learn.microsoft.com/azure/service-bus-messaging/service-bus-amqp-request-response */
const operations: Readonly<Record<string, Operation>> = { ...messageOperations, ...sessionOperations };

/** Answers one $management request. Errors become a status, a condition and a text in the answer. */
export function manage(
  request: Request,
  where: { readonly broker: Broker; readonly queue: string; readonly connection: object },
): Reply {
  return toManagementReply(() => {
    const name = toText(entryOf(request.properties, 'operation')) ?? '';
    const operation = operations[name.replace(/^com\.microsoft:/, '')];
    if (!operation) {
      throw new AmqpError('amqp:not-implemented', `The operation "${name}" is not supported by this broker`);
    }
    const queue = where.broker.queue(where.queue);
    const args = new Arguments(request.body);
    return operation({ broker: where.broker, queue, args, connection: where.connection });
  });
}

/** What `work` gives as an answer, without a body where it gives nothing; errors become a status, a condition and a text. */
export function toManagementReply(work: () => readonly AmqpEntry[] | undefined): Reply {
  try {
    const body = work();
    return body ? reply(200, 'OK', map(body)) : reply(204, 'No Content', map([]));
  } catch (thrown) {
    const error = toAmqpError(thrown);
    return reply(toStatus(thrown), error.message, map([]), error.condition);
  }
}

/** Both spellings: .NET reads only the camel-case names, and only an AMQP int. */
function reply(status: number, description: string, body: AmqpValue, condition?: string): Reply {
  const properties: AmqpEntry[] = [
    [string('statusCode'), int(status)],
    [string('status-code'), int(status)],
    [string('statusDescription'), string(description)],
    [string('status-description'), string(description)],
  ];
  if (condition !== undefined) {
    properties.push(
      [string('errorCondition'), symbol(condition)],
      [string('error-condition'), symbol(condition)],
    );
  }
  return { properties, body };
}
