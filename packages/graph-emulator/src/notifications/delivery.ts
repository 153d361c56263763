import type { EngineContext } from '../engine/context';
import { EndpointHealth } from './endpoint-health';
import type { CloudEvent } from './event-grid/cloud-event';
import type { PartnerTopics } from './event-grid/partner-topics';
import type { Sent } from './event-grid/webhook-sender';
import { isTopicAddress, topicOf } from './event-grid/topic-address';

type Json = Readonly<Record<string, unknown>>;

/** How what is sent to one address gets there. */
export interface Delivery {
  /** Notifications that share a send. */
  perSend(): number;
  send(bodies: readonly Json[], signal: AbortSignal): Promise<Sent>;
  /** What slow answers have led to; null: they lead to nothing. */
  readonly health: EndpointHealth | null;
}

const perPost = 100;

/** Calls of an endpoint, or events of a partner topic. */
export function deliveryTo(address: string, context: EngineContext, topics: PartnerTopics): Delivery {
  if (!isTopicAddress(address)) {
    const health = new EndpointHealth(context.clock, context.settings);
    return { perSend: () => perPost, health, send: (bodies, signal) => post(address, bodies, signal) };
  }
  const topic = topicOf(address);
  return {
    perSend: () => topics.perSend(topic),
    health: null,
    // What is put into the outbox of a topic are events.
    send: (bodies, signal) => topics.send(topic, bodies as readonly CloudEvent[], signal),
  };
}

async function post(url: string, bodies: readonly Json[], signal: AbortSignal): Promise<Sent> {
  try {
    const response = await fetch(url, {
      method: 'POST',
      headers: { 'content-type': 'application/json; charset=utf-8' },
      body: JSON.stringify({ value: bodies }),
      redirect: 'manual',
      signal,
    });
    await response.arrayBuffer();
    return response.ok ? 'delivered' : 'refused';
  } catch {
    return 'refused';
  }
}
