import { entryOf, int, nothing, string, toText } from '../amqp/value';
import type { Reply, Request } from './request-reply';

/**
 * `$cbs`: a token that `isValid` refuses gets 401. The status must be an AMQP int: .NET casts it to one.
 * https://learn.microsoft.com/azure/service-bus-messaging/service-bus-amqp-protocol-guide#claims-based-authorization
 */
export function putToken(request: Request, isValid: (token: string | undefined) => boolean): Reply {
  const operation = toText(entryOf(request.properties, 'operation'));
  if (operation !== 'put-token' && operation !== 'delete-token') {
    return answer(400, `Unknown operation "${operation ?? ''}"`);
  }
  const isRefused = operation === 'put-token' && !isValid(toText(request.body));
  return isRefused
    ? answer(401, 'The token is not signed with the key of this broker')
    : answer(202, 'Accepted');
}

function answer(status: number, description: string): Reply {
  return {
    properties: [
      [string('status-code'), int(status)],
      [string('status-description'), string(description)],
    ],
    body: nothing,
  };
}
