import { AzureNamedKeyCredential } from '@azure/data-tables';
import { DefaultAzureCredential } from '@azure/identity';
import type { TokenCredential } from '@azure/identity';
import { ServiceBusAdministrationClient, ServiceBusClient } from '@azure/service-bus';
import type { Config } from './config/config';
import { readManagedIdentity } from './config/managed-identity';
import { takingClaims } from './graph/tokens/managed-identity';
import { systemClock } from './kernel/clock';
import type { Logger } from './kernel/logger';
import { systemRandom } from './kernel/random';
import { timing } from './kernel/timing';
import { redirectAdministration } from './queue/local-administration';
import type { QueueInspector } from './queue/queue-inspector';
import { makeRenewedClient } from './queue/renewed-client';
import type { RenewedClient } from './queue/renewed-client';
import { makeServiceBusQueueInspector } from './queue/service-bus-queue-inspector';
import type { TableStoresOptions } from './store/tables/table-stores';

const { clientRetry, clientTimeout, straySession } = timing.queue;
const usualRetry = { maxRetries: 3, retryDelayInMs: clientRetry.ms, timeoutInMs: clientTimeout.ms };
/** For a client that asks for sessions that may not be there: the broker itself refuses after this time. */
export const strayRetry = { maxRetries: 0, retryDelayInMs: clientRetry.ms, timeoutInMs: straySession.ms };

/** The identity that is signed in, as DefaultAzureCredential finds it; a managed one can replace a token that was refused. */
export function makeCredential({ authority }: Pick<Config, 'authority'>): TokenCredential {
  return takingClaims(new DefaultAzureCredential({ authorityHost: authority }), readManagedIdentity());
}

/** Locally a connection string (it alone knows the emulator), in Azure the app's own identity. */
export function makeServiceBusClient(
  { serviceBus }: Config,
  credential: TokenCredential,
  retryOptions = usualRetry,
): ServiceBusClient {
  const options = { retryOptions };
  return serviceBus.kind === 'connectionString'
    ? new ServiceBusClient(serviceBus.connectionString.reveal(), options)
    : new ServiceBusClient(serviceBus.fullyQualifiedNamespace, credential, options);
}

/** The same, made anew where it gets no answer any more. */
export function renewedServiceBus(
  config: Config,
  credential: TokenCredential,
  logger: Logger,
): RenewedClient {
  return makeRenewedClient(() => makeServiceBusClient(config, credential), { clock: systemClock, logger });
}

/**
 * What operators see of the queues. `managementOrigin`: where the management API of a Service Bus on this machine
 * listens, http://127.0.0.1:PORT; undefined: in Azure, where the SDK knows it.
 */
export function buildQueueInspector(
  config: Config,
  credential: TokenCredential,
  logger: Logger,
  managementOrigin?: string,
): QueueInspector {
  const { serviceBus } = config;
  const administration =
    serviceBus.kind === 'connectionString'
      ? new ServiceBusAdministrationClient(serviceBus.connectionString.reveal())
      : new ServiceBusAdministrationClient(serviceBus.fullyQualifiedNamespace, credential);
  if (managementOrigin !== undefined) redirectAdministration(administration, managementOrigin);
  return makeServiceBusQueueInspector(administration, renewedServiceBus(config, credential, logger));
}

/** What the stores over the tables are built with. */
export function tablesOptions(
  config: Config,
  credential: TokenCredential,
  logger: Logger,
  budgetMs = config.outageMs,
): TableStoresOptions {
  return {
    endpoint: config.tables.endpoint,
    credential: tablesCredential(config, credential),
    clock: systemClock,
    random: systemRandom,
    logger,
    budgetMs,
  };
}

function tablesCredential({ tables }: Config, credential: TokenCredential) {
  if (tables.key === null) return credential;
  const account = new URL(tables.endpoint).pathname.split('/')[1] ?? '';
  return new AzureNamedKeyCredential(account, tables.key.reveal());
}
