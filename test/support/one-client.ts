import type { ServiceBusClient } from '@azure/service-bus';
import { systemClock } from '../../shared/kernel/clock';
import { silentLogger } from '../../shared/kernel/logger';
import { makeRenewedClient } from '../../shared/queue/renewed-client';
import type { RenewedClient } from '../../shared/queue/renewed-client';

/** A client that stays the same, where a test is about something else than its being replaced. */
export function oneClient(client: ServiceBusClient): RenewedClient {
  return makeRenewedClient(() => client, { clock: systemClock, logger: silentLogger });
}
