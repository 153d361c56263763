/**
 * An error that goes onto the wire as AMQP's own: a condition (a symbol from the AMQP specification or from
 * https://learn.microsoft.com/azure/service-bus-messaging/service-bus-amqp-troubleshoot), and a text for people.
 */
export class AmqpError extends Error {
  readonly condition: string;

  constructor(condition: string, description: string) {
    super(description);
    this.name = 'AmqpError';
    this.condition = condition;
  }
}

/** Bytes that are not AMQP: the connection cannot go on. */
export class AmqpDecodeError extends AmqpError {
  constructor(description: string) {
    super('amqp:decode-error', description);
    this.name = 'AmqpDecodeError';
  }
}
