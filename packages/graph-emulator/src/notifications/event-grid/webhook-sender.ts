import { GraphFault } from '../../engine/graph-fault';
import type { CloudEvent } from './cloud-event';

/** What became of events: `lost` are not sent again. */
export type Sent = 'delivered' | 'refused' | 'lost';

/** Hands events on. */
export interface EventSender {
  /** Events that share a send. */
  readonly perSend: number;
  /** Whether it can send there at all. @throws GraphFault 400 */
  validate(): Promise<void>;
  send(events: readonly CloudEvent[], signal: AbortSignal): Promise<Sent>;
  close(): Promise<void>;
}

/** The name that Event Grid has in public clouds. */
const origin = 'eventgrid.azure.net';
const handshakeMs = 10_000;
const perBatch = 100;
/** After these Event Grid gives an event up. https://learn.microsoft.com/azure/event-grid/delivery-and-retry */
const final: readonly number[] = [400, 401, 413];

type ContentMode = 'structured' | 'binary' | 'batch';

/** Posts events to an endpoint that has allowed it. */
export class WebhookSender implements EventSender {
  readonly perSend: number;
  private isAllowed = false;

  constructor(
    private readonly url: string,
    private readonly contentMode: ContentMode,
  ) {
    this.perSend = contentMode === 'batch' ? perBatch : 1;
  }

  /**
   * Asks the endpoint for permission.
   * https://learn.microsoft.com/azure/event-grid/end-point-validation-cloud-events-schema
   * @throws GraphFault 400
   */
  async validate(): Promise<void> {
    let answer: Response;
    try {
      answer = await fetch(this.url, {
        method: 'OPTIONS',
        headers: { 'webhook-request-origin': origin, 'webhook-request-rate': '120' },
        redirect: 'manual',
        signal: AbortSignal.timeout(handshakeMs),
      });
      await answer.arrayBuffer();
    } catch {
      throw refused('it does not answer');
    }
    if (answer.status !== 200) throw refused(`it answers ${answer.status}`);
    const allowed = answer.headers.get('webhook-allowed-origin');
    if (allowed !== origin && allowed !== '*')
      throw refused('its WebHook-Allowed-Origin does not name the sender');
    this.isAllowed = true;
  }

  async send(events: readonly CloudEvent[], signal: AbortSignal): Promise<Sent> {
    try {
      if (!this.isAllowed) await this.validate();
      const response = await fetch(this.url, {
        method: 'POST',
        ...this.request(events),
        redirect: 'manual',
        signal,
      });
      await response.arrayBuffer();
      if (response.ok) return 'delivered';
      return final.includes(response.status) ? 'lost' : 'refused';
    } catch {
      return 'refused';
    }
  }

  async close(): Promise<void> {
    // Nothing stays open.
  }

  private request(events: readonly CloudEvent[]): { headers: Record<string, string>; body: string } {
    const [first] = events;
    if (this.contentMode === 'batch') {
      const headers = { 'content-type': 'application/cloudevents-batch+json; charset=utf-8' };
      return { headers, body: JSON.stringify(events) };
    }
    if (this.contentMode === 'structured' || first === undefined) {
      const headers = { 'content-type': 'application/cloudevents+json; charset=utf-8' };
      return { headers, body: JSON.stringify(first) };
    }
    const { data, datacontenttype, ...attributes } = first;
    const headers = Object.fromEntries(
      Object.entries(attributes).map(([name, value]) => [`ce-${name}`, value]),
    );
    return { headers: { ...headers, 'content-type': datacontenttype }, body: JSON.stringify(data) };
  }
}

function refused(why: string): GraphFault {
  return new GraphFault(400, 'EndpointValidation', `The endpoint takes no events: ${why}.`);
}
