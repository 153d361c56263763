import type { GraphError } from './graph-error';

/**
 * Whether Graph refused a subscription because the endpoint did not answer the validation token in time, or rightly.
 * https://learn.microsoft.com/graph/change-notifications-delivery-webhooks
 */
export function isFailedHandshake({ status, message }: GraphError): boolean {
  return status === 400 && /validation request (?:timed out|failed)/i.test(message);
}
