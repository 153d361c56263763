import { entryOf, int, nothing, string, toText } from '../amqp/value';
import type { Reply, Request } from './request-reply';

/**
 * `$cbs`: every token is accepted, this is a local broker (as Microsoft's emulator does). The status must be an AMQP int:
 * .NET casts it to one.
 */
export function putToken(request: Request): Reply {
  const operation = toText(entryOf(request.properties, 'operation'));
  const isKnown = operation === 'put-token' || operation === 'delete-token';
  return {
    properties: [
      [string('status-code'), int(isKnown ? 202 : 400)],
      [string('status-description'), string(isKnown ? 'Accepted' : `Unknown operation "${operation ?? ''}"`)],
    ],
    body: nothing,
  };
}
