import type { CloudEvent } from './cloud-event';
import { DestinationSchema } from './destination';
import type { Destination } from './destination';
import { QueueSender } from './queue-sender';
import { WebhookSender } from './webhook-sender';
import type { EventSender, Sent } from './webhook-sender';

type Route = { readonly destination: Destination; readonly sender: EventSender };

/**
 * The partner topics to which subscriptions send, each with at most one event subscription. Without one, events are lost, as
 * in Event Grid.
 */
export class PartnerTopics {
  private readonly routes = new Map<string, Route>();

  /** `endpoints`: address by topic; each is asked for permission before its first event. */
  constructor(endpoints: Readonly<Record<string, string>> = {}) {
    for (const [topic, url] of Object.entries(endpoints)) this.set(topic, DestinationSchema.parse({ url }));
  }

  /**
   * From now on the events of the topic go there.
   * @throws GraphFault 400 when the endpoint does not allow it, or there is no client for its queue
   */
  async deliverTo(topic: string, destination: Destination): Promise<void> {
    const sender = makeSender(destination);
    await sender.validate();
    await this.remove(topic);
    this.routes.set(topic, { destination, sender });
  }

  /** False: it had none. */
  async remove(topic: string): Promise<boolean> {
    const route = this.routes.get(topic);
    this.routes.delete(topic);
    await route?.sender.close();
    return route !== undefined;
  }

  /** Topics and where they send; of a connection string the queue alone. */
  list(): readonly { topic: string; url?: string; queue?: string }[] {
    return [...this.routes].map(([topic, { destination }]) =>
      'url' in destination ? { topic, url: destination.url } : { topic, queue: destination.queue },
    );
  }

  /** Events of the topic that share a send. */
  perSend(topic: string): number {
    return this.routes.get(topic)?.sender.perSend ?? 1;
  }

  async send(topic: string, events: readonly CloudEvent[], signal: AbortSignal): Promise<Sent> {
    return (await this.routes.get(topic)?.sender.send(events, signal)) ?? 'lost';
  }

  async stop(): Promise<void> {
    await Promise.all([...this.routes.keys()].map((topic) => this.remove(topic)));
  }

  private set(topic: string, destination: Destination): void {
    this.routes.set(topic, { destination, sender: makeSender(destination) });
  }
}

function makeSender(destination: Destination): EventSender {
  return 'url' in destination
    ? new WebhookSender(destination.url, destination.contentMode)
    : new QueueSender(destination.connectionString, destination.queue);
}
