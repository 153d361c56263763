/** What can go wrong with a request, by what it means to the client. The edges translate it (AMQP condition, HTTP status). */
export type BrokerErrorCode =
  | 'entity-not-found'
  | 'entity-already-exists'
  | 'entity-disabled'
  | 'message-lock-lost'
  | 'message-not-found'
  | 'session-lock-lost'
  | 'session-cannot-be-locked'
  | 'timeout'
  | 'not-allowed'
  | 'invalid-request'
  | 'message-too-large'
  | 'quota-exceeded';

/** What the broker refuses, by code; the front maps it to an AMQP condition or an HTTP status. */
export class BrokerError extends Error {
  readonly code: BrokerErrorCode;

  constructor(code: BrokerErrorCode, message: string) {
    super(message);
    this.name = 'BrokerError';
    this.code = code;
  }
}
