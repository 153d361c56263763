import { isoTime } from '../../../emulator-kit/src/clock';
import type { Change } from '../engine/history/change-log';
import type { EngineContext } from '../engine/context';
import { makeGuid } from '../tenant/guid';
import { pickFrom } from '../engine/settings';
import type { NotificationCounters } from './counters';
import { deliveryTo } from './delivery';
import { toCloudEvent } from './event-grid/cloud-event';
import type { PartnerTopics } from './event-grid/partner-topics';
import { isTopicAddress } from './event-grid/topic-address';
import { Outbox } from './outbox';
import type { Subscription } from './subscription';

type Json = Record<string, unknown>;

/** In slow state notifications are held back this long. */
const slowDelayMs = 10_000;

/** Turns changes into notifications and hands them, late, double or never, to the outboxes of the endpoints. */
export class Notifier {
  readonly counters: NotificationCounters = { sent: 0, delivered: 0, lost: 0, retried: 0, expired: 0 };
  private readonly outboxes = new Map<string, Outbox>();
  private readonly lastDue = new Map<string, number>();
  private readonly stopListening: () => void;

  constructor(
    private readonly context: EngineContext,
    private readonly subscriptions: ReadonlyMap<string, Subscription>,
    private readonly topics: PartnerTopics,
  ) {
    this.stopListening = context.changes.listen((change) => this.onChange(change));
  }

  stop(): void {
    this.stopListening();
    for (const outbox of this.outboxes.values()) outbox.stop();
  }

  /** Sends a lifecycle notification now. https://learn.microsoft.com/graph/change-notifications-lifecycle-events */
  sendLifecycle(subscription: Subscription, lifecycleEvent: string): void {
    const url = subscription.lifecycleNotificationUrl;
    if (url === null) return;
    const now = this.context.clock.now();
    const body = this.shape(url, { ...this.base(subscription), lifecycleEvent }, subscription, now);
    this.put(url, body, now, undefined);
  }

  private onChange(change: Change): void {
    if (this.subscriptions.size === 0) return;
    const now = this.context.clock.now();
    for (const subscription of this.subscriptions.values()) {
      if (subscription.expiresAt <= now) continue;
      const changeType = changeTypeFor(subscription, change);
      if (changeType !== undefined) this.schedule(subscription, change, changeType);
    }
  }

  private schedule(subscription: Subscription, change: Change, changeType: string): void {
    const { settings, random, clock } = this.context;
    this.counters.sent += 1;
    if (settings.lostNotificationRate > 0 && random() < settings.lostNotificationRate) {
      this.counters.lost += 1;
      return;
    }
    const { notificationUrl } = subscription;
    const notification = this.toNotification(subscription, change, changeType);
    const body = this.shape(notificationUrl, notification, subscription, clock.now());
    const due = clock.now() + pickFrom(settings.notificationLatencyMs, random());
    this.put(notificationUrl, body, this.inOrder(subscription, due), subscription);
    if (settings.duplicateNotificationRate > 0 && random() < settings.duplicateNotificationRate) {
      this.counters.sent += 1;
      const again = due + pickFrom(settings.notificationLatencyMs, random());
      this.put(notificationUrl, body, again, subscription);
    }
  }

  /** Without reordering nothing overtakes an earlier notification of the same subscription. */
  private inOrder(subscription: Subscription, due: number): number {
    if (this.context.settings.reorderNotifications) return due;
    const next = Math.max(due, this.lastDue.get(subscription.id) ?? 0);
    this.lastDue.set(subscription.id, next);
    return next;
  }

  /** What goes to a partner topic is an event. */
  private shape(url: string, notification: Json, subscription: Subscription, at: number): Json {
    return isTopicAddress(url) ? toCloudEvent(notification, subscription, at) : notification;
  }

  private put(url: string, body: Json, due: number, subscription: Subscription | undefined): void {
    const outbox = this.outboxOf(url);
    const state = outbox.delivery.health?.state();
    if (state === 'drop') {
      this.counters.lost += 1;
      return;
    }
    outbox.put(
      { body, subscription, since: this.context.clock.now() },
      due + (state === 'slow' ? slowDelayMs : 0),
    );
  }

  private outboxOf(url: string): Outbox {
    const known = this.outboxes.get(url);
    if (known) return known;
    const delivery = deliveryTo(url, this.context, this.topics);
    const outbox = new Outbox(this.context, delivery, this.counters);
    this.outboxes.set(url, outbox);
    return outbox;
  }

  private base(subscription: Subscription): Json {
    return {
      subscriptionId: subscription.id,
      subscriptionExpirationDateTime: isoTime(subscription.expiresAt),
      tenantId: this.context.tenant.facts.tenantId,
      ...(subscription.clientState === null ? {} : { clientState: subscription.clientState }),
    };
  }

  private toNotification(subscription: Subscription, change: Change, changeType: string): Json {
    const [set, type] = change.kind === 'user' ? ['Users', 'User'] : ['Groups', 'Group'];
    const resource = `${set}/${change.id}`;
    return {
      id: makeGuid(this.context.random),
      changeType,
      ...this.base(subscription),
      resource,
      resourceData: {
        '@odata.type': `#Microsoft.Graph.${type}`,
        '@odata.id': resource,
        id: change.id,
        organizationId: this.context.tenant.facts.tenantId,
        eventTime: isoTime(change.at),
        sequenceNumber: change.seq,
      },
    };
  }
}

/**
 * `updated` stands for creation, change and soft deletion, `deleted` for the permanent one; `created` never comes.
 * https://learn.microsoft.com/graph/api/resources/subscription
 */
function changeTypeFor(subscription: Subscription, change: Change): string | undefined {
  const { target, changeTypes } = subscription;
  if (target.id !== undefined && target.id !== change.id) return undefined;
  if (target.kind === 'members') {
    if (change.kind !== 'group' || !change.memberIds) return undefined;
  } else if (target.kind !== change.kind) return undefined;
  const changeType = change.type === 'hardDeleted' ? 'deleted' : 'updated';
  return changeTypes.includes(changeType) ? changeType : undefined;
}
