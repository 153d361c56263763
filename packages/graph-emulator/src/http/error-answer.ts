import { isoTime } from '../../../emulator-kit/src/clock';
import type { GraphFault } from '../engine/graph-fault';

/** Graph's error body. https://learn.microsoft.com/graph/errors */
export function errorBody(
  fault: Pick<GraphFault, 'code' | 'message'>,
  ids: { readonly requestId: string; readonly clientRequestId: string; readonly now: number },
): Record<string, unknown> {
  return {
    error: {
      code: fault.code,
      message: fault.message,
      innerError: {
        date: isoTime(ids.now).slice(0, 19),
        'request-id': ids.requestId,
        'client-request-id': ids.clientRequestId,
      },
    },
  };
}
