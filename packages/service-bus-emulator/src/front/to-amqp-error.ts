import { ensureError } from '../../../emulator-kit/src/errors';
import { AmqpError } from '../amqp/amqp-error';
import { BrokerError } from '../engine/broker-error';
import type { BrokerErrorCode } from '../engine/broker-error';

/**
 * Conditions clients map to their own codes
 * (https://learn.microsoft.com/azure/service-bus-messaging/service-bus-amqp-troubleshoot), and the status codes of
 * $management (https://learn.microsoft.com/azure/service-bus-messaging/service-bus-amqp-request-response).
 */
const conditions: Readonly<Record<BrokerErrorCode, readonly [condition: string, status: number]>> = {
  'entity-not-found': ['amqp:not-found', 404],
  'entity-already-exists': ['com.microsoft:entity-already-exists', 409],
  'entity-disabled': ['com.microsoft:entity-disabled', 403],
  'message-lock-lost': ['com.microsoft:message-lock-lost', 410],
  'message-not-found': ['com.microsoft:message-not-found', 404],
  'session-lock-lost': ['com.microsoft:session-lock-lost', 410],
  'session-cannot-be-locked': ['com.microsoft:session-cannot-be-locked', 409],
  timeout: ['com.microsoft:timeout', 408],
  'not-allowed': ['amqp:not-allowed', 400],
  'invalid-request': ['com.microsoft:argument-error', 400],
  'message-too-large': ['amqp:link:message-size-exceeded', 413],
  'quota-exceeded': ['amqp:resource-limit-exceeded', 403],
};

/** An error as a client gets it; unknown ones become amqp:internal-error. */
export function toAmqpError(thrown: unknown): AmqpError {
  if (thrown instanceof AmqpError) return thrown;
  if (thrown instanceof BrokerError) return new AmqpError(conditions[thrown.code][0], thrown.message);
  return new AmqpError('amqp:internal-error', ensureError(thrown).message);
}

/** The HTTP-like status that $management answers carry. */
export function toStatus(thrown: unknown): number {
  if (thrown instanceof BrokerError) return conditions[thrown.code][1];
  return thrown instanceof AmqpError ? 400 : 500;
}
