import { isoTime } from '../../../../emulator-kit/src/clock';
import type { Subscription } from '../subscription';

type Json = Readonly<Record<string, unknown>>;

/** A change notification as Event Grid hands it on. https://learn.microsoft.com/azure/event-grid/subscribe-to-graph-api-events */
export type CloudEvent = {
  readonly specversion: '1.0';
  readonly id: string;
  readonly type: string;
  readonly source: string;
  readonly subject: string;
  readonly time: string;
  readonly datacontenttype: 'application/json';
  readonly data: Json;
};

const text = (value: unknown) => (typeof value === 'string' ? value : '');

/**
 * The notification of a subscription as a CloudEvent 1.0. There is no type for creation: Graph reports it as an update.
 * `at`: milliseconds, when it was first to be sent.
 */
export function toCloudEvent(notification: Json, subscription: Subscription, at: number): CloudEvent {
  const { id, ...data } = notification;
  const lifecycleEvent = text(data.lifecycleEvent);
  const resource = text(data.resource);
  const kind = /^groups\//i.test(resource) ? 'Group' : 'User';
  const change = data.changeType === 'deleted' ? 'Deleted' : 'Updated';
  return {
    specversion: '1.0',
    id: text(id) || `${subscription.id}-${lifecycleEvent}-${at}`,
    type:
      lifecycleEvent === ''
        ? `Microsoft.Graph.${kind}${change}`
        : `Microsoft.Graph.Subscription${lifecycleEvent.charAt(0).toUpperCase()}${lifecycleEvent.slice(1)}`,
    source: `/tenants/${text(data.tenantId)}/applications/${subscription.applicationId}`,
    subject: resource || subscription.resource,
    time: isoTime(at),
    datacontenttype: 'application/json',
    data,
  };
}
