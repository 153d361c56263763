import { z } from 'zod';
import { Notification } from '../take-notifications';
import { parseJson } from './parse-json';

/**
 * Graph's change notifications as CloudEvents 1.0, as Event Grid hands them on.
 * https://learn.microsoft.com/azure/event-grid/subscribe-to-graph-api-events
 * https://github.com/cloudevents/spec/blob/v1.0.2/cloudevents/spec.md
 */
const CloudEvent = z.object({
  specversion: z.literal('1.0'),
  id: z.string().min(1),
  type: z.string().min(1),
  source: z.string().min(1),
  subject: z.string().nullish(),
  data: z.unknown(),
});

/** What is wrong with an event that no notification comes from. */
export type OddEvent =
  /** Not an object with the attributes that CloudEvents 1.0 requires. */
  | 'noCloudEvent'
  /** A CloudEvent about something that the app does not follow, such as a mailbox. */
  | 'otherType'
  /** One of Graph's types whose data is no change notification. */
  | 'noNotification';

/** What events say; odd ones are counted by what is wrong with them. */
export type ReadEvents = {
  readonly notifications: readonly Notification[];
  readonly odd: ReadonlyMap<OddEvent, number>;
};

/** More in one delivery is no batch of Event Grid's, which holds 5,000 at most. */
const mostEvents = 10_000;

const changes = /^microsoft\.graph\.(?:user|group)(?:created|updated|deleted)$/i;

/** What Graph says of the subscription itself; of users and groups it says this one alone. */
const reauthorization = /^microsoft\.graph\.subscriptionreauthorizationrequired$/i;

/** `header`: the value of a header, whatever its case; null: there is none. */
export type EventRequest = { readonly header: (name: string) => string | null; readonly body: string };

/**
 * The events of a request by the HTTP protocol binding: structured (`application/cloudevents+json`), a batch
 * (`application/cloudevents-batch+json`) or binary (attributes in `ce-` headers, data in the body). undefined: none of these.
 * https://github.com/cloudevents/spec/blob/v1.0.2/cloudevents/bindings/http-protocol-binding.md
 */
export function readEventRequest({ header, body }: EventRequest): ReadEvents | undefined {
  const mediaType = (header('content-type') ?? '').split(';')[0]?.trim().toLowerCase() ?? '';
  if (mediaType === 'application/cloudevents+json' || mediaType === 'application/cloudevents-batch+json')
    return readEventBody(parseJson(body));
  if (header('ce-specversion') === null) return undefined;
  return readEvents([
    {
      specversion: header('ce-specversion'),
      id: header('ce-id'),
      type: header('ce-type'),
      source: header('ce-source'),
      subject: header('ce-subject'),
      data: parseJson(body),
    },
  ]);
}

/** The events of a JSON body: one, or a list of them. undefined: it is neither. */
export function readEventBody(body: unknown): ReadEvents | undefined {
  if (typeof body !== 'object' || body === null) return undefined;
  const items: readonly unknown[] = Array.isArray(body) ? body : [body];
  return items.length > mostEvents ? undefined : readEvents(items);
}

function readEvents(items: readonly unknown[]): ReadEvents {
  const notifications: Notification[] = [];
  const odd = new Map<OddEvent, number>();
  for (const item of items) {
    const read = readOne(item);
    if (typeof read === 'string') odd.set(read, (odd.get(read) ?? 0) + 1);
    else notifications.push(read);
  }
  return { notifications, odd };
}

function readOne(item: unknown): Notification | OddEvent {
  const { data: event } = CloudEvent.safeParse(item);
  if (event === undefined) return 'noCloudEvent';
  const isLifecycle = reauthorization.test(event.type);
  if (!isLifecycle && !changes.test(event.type)) return 'otherType';
  const { data } = Notification.safeParse(event.data);
  if (data === undefined) return 'noNotification';
  return {
    ...data,
    // The event's own: it is the same when Event Grid delivers once more.
    id: event.id,
    // Where the data names no tenant, the source does.
    tenantId: data.tenantId ?? tenantOf(event.source),
    resource: data.resource ?? event.subject,
    lifecycleEvent: isLifecycle ? 'reauthorizationRequired' : data.lifecycleEvent,
  };
}

/** The tenant in `/tenants/<tenant>/applications/<application>`. */
function tenantOf(source: string): string | undefined {
  return /^\/tenants\/([^/]+)\//i.exec(source)?.[1];
}
