import { ServiceBusClient } from '@azure/service-bus';
import { AppError } from '../../../emulator-kit/src/errors';

/** One connection's life: a client, and a signal that is aborted as soon as its connection is gone. */
export type BrokerConnection = {
  readonly client: ServiceBusClient;
  readonly lost: AbortSignal;
};

/** The connection is gone; what waited for an answer on it gets this. */
export class ConnectionLostError extends AppError<'functions-host/connection-lost'> {
  constructor(options: { cause?: unknown } = {}) {
    super('functions-host/connection-lost', 'The connection to Service Bus is lost', options);
  }
}

/** No retries: the listener's own loop decides how long to go on. */
const retryOptions = { maxRetries: 0, retryDelayInMs: 300, maxRetryDelayInMs: 1_000, timeoutInMs: 10_000 };

type Emitter = { once(event: string, listener: () => void): unknown };

/**
 * A client for one connection. After a lost connection some of the client's promises (settlements, closing of
 * session links) stay pending for up to a minute, and its public interface does not tell that it is gone; so its
 * connection is watched from inside, the pending work is given up (`orLost`), and a new client takes over.
 * Source: @azure/service-bus dist-esm/src/connectionContext.js (disconnected), session/messageSession.js.
 */
export function openBroker(connectionString: string): BrokerConnection {
  const client = new ServiceBusClient(connectionString, { retryOptions });
  const inside = client as unknown as { _connectionContext: { connection: Emitter } };
  const lost = new AbortController();
  inside._connectionContext.connection.once('disconnected', () => lost.abort(new ConnectionLostError()));
  return { client, lost: lost.signal };
}

/** What `work` gives, or ConnectionLostError as soon as the connection is lost. */
export function orLost<Value>(work: Promise<Value>, lost: AbortSignal): Promise<Value> {
  return new Promise<Value>((resolve, reject) => {
    const onLost = () => reject(new ConnectionLostError());
    if (lost.aborted) onLost();
    else lost.addEventListener('abort', onLost, { once: true });
    // Whichever comes second settles nothing any more, and does not count as unhandled.
    work.then(resolve, reject).finally(() => lost.removeEventListener('abort', onLost));
  });
}
