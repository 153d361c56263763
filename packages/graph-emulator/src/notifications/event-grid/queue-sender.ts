import type { ServiceBusClient } from '@azure/service-bus';
import { GraphFault } from '../../engine/graph-fault';
import type { CloudEvent } from './cloud-event';
import type { EventSender, Sent } from './webhook-sender';

/** Puts events into a queue of a Service Bus, each a message with the whole event in its body. */
export class QueueSender implements EventSender {
  readonly perSend = 100;
  private client: Promise<ServiceBusClient> | undefined;

  constructor(
    private readonly connectionString: string,
    private readonly queue: string,
  ) {}

  /** @throws GraphFault 400 when the package of the Service Bus client is not installed */
  async validate(): Promise<void> {
    this.client ??= this.connect();
    await this.client;
  }

  async send(events: readonly CloudEvent[]): Promise<Sent> {
    try {
      const client = await (this.client ??= this.connect());
      const sender = client.createSender(this.queue);
      await sender.sendMessages(
        events.map((event) => ({
          body: Buffer.from(JSON.stringify(event)),
          contentType: 'application/cloudevents+json; charset=utf-8',
        })),
      );
      await sender.close();
      return 'delivered';
    } catch {
      return 'refused';
    }
  }

  async close(): Promise<void> {
    const client = await this.client?.catch(() => undefined);
    await client?.close();
  }

  /** Loaded when it is needed: most runs have no such queue, and the client takes a third of a second to load. */
  private async connect(): Promise<ServiceBusClient> {
    const { ServiceBusClient } = await import('@azure/service-bus').catch(() => {
      throw new GraphFault(
        400,
        'EndpointValidation',
        'A queue takes events only with the package @azure/service-bus: npm install @azure/service-bus@7.9.5 beside the emulator.',
      );
    });
    return new ServiceBusClient(this.connectionString, {
      retryOptions: { maxRetries: 0, timeoutInMs: 10_000 },
    });
  }
}
