import type { EventHubProducerClient } from '@azure/event-hubs';
import { z } from 'zod';
import { GraphFault } from '../../engine/graph-fault';
import { ownBus } from '../event-grid/destination';

/** Where the audit log is streamed to: an event hub of this machine. */
export const HubSchema = z.strictObject({ connectionString: ownBus, eventHub: z.string().min(1) });
export type Hub = z.infer<typeof HubSchema>;

/** What is used of the client, whichever of its two forms is loaded. */
type Producer = Pick<EventHubProducerClient, 'close' | 'sendBatch'>;

/** Sends records to an event hub, as Azure Monitor does: several in the body of one event. */
export class HubSender {
  private client: Promise<Producer> | undefined;

  constructor(private readonly hub: Hub) {}

  /** @throws GraphFault 400 when the package of the Event Hubs client is not installed */
  async validate(): Promise<void> {
    this.client ??= this.connect();
    await this.client;
  }

  /** False: the hub did not take them. */
  async send(records: readonly unknown[]): Promise<boolean> {
    try {
      const client = await (this.client ??= this.connect());
      await client.sendBatch([
        { body: Buffer.from(JSON.stringify({ records })), contentType: 'application/json' },
      ]);
      return true;
    } catch {
      return false;
    }
  }

  async close(): Promise<void> {
    const client = await this.client?.catch(() => undefined);
    await client?.close();
  }

  /** Loaded when it is needed: most runs stream no log. */
  private async connect(): Promise<Producer> {
    const { EventHubProducerClient } = await import('@azure/event-hubs').catch(() => {
      throw new GraphFault(
        400,
        'EndpointValidation',
        'An event hub takes records only with the package @azure/event-hubs: npm install @azure/event-hubs@6.0.4 beside the emulator.',
      );
    });
    return new EventHubProducerClient(this.hub.connectionString, this.hub.eventHub, {
      retryOptions: { maxRetries: 0, timeoutInMs: 10_000 },
    });
  }
}
