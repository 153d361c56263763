import type { EngineContext } from '../engine/context';
import { GraphFault, malformedRequest, resourceNotFound } from '../engine/graph-fault';
import { makeGuid } from '../tenant/guid';
import { validateEndpoint } from './handshake';
import { PartnerTopics } from './event-grid/partner-topics';
import { isTopicAddress } from './event-grid/topic-address';
import { Notifier } from './notifier';
import type { Subscription } from './subscription';
import { checkUrl, readExpiration, readSubscription } from './subscription-input';
import type { SubscriptionInput } from './subscription-input';

/** User and group subscriptions per application and tenant. https://learn.microsoft.com/graph/api/resources/subscription */
const mostPerApp = 100;
const changeable: readonly string[] = ['expirationDateTime', 'notificationUrl'];

/** The subscriptions of the tenant: made, moved, authorized again, ended. */
export class SubscriptionService {
  private readonly subscriptions = new Map<string, Subscription>();
  readonly notifier: Notifier;
  readonly topics: PartnerTopics;

  /** `earlier`: the subscriptions of a run before this one. `endpoints`: where partner topics send, by their names. */
  constructor(
    private readonly context: EngineContext,
    earlier: readonly Subscription[] = [],
    endpoints: Readonly<Record<string, string>> = {},
  ) {
    this.topics = new PartnerTopics(endpoints);
    for (const subscription of earlier) {
      // JSON has no Infinity.
      const restored = { ...subscription, authorizedUntil: subscription.authorizedUntil ?? Infinity };
      this.subscriptions.set(subscription.id, restored);
      this.expireLater(restored);
    }
    this.notifier = new Notifier(context, this.subscriptions, this.topics);
  }

  /**
   * The body of POST /subscriptions.
   * @throws GraphFault 400
   */
  check(body: Readonly<Record<string, unknown>>): SubscriptionInput {
    return readSubscription(body, this.context.clock.now());
  }

  /** @throws GraphFault 400 for a failed handshake, 403 over quota, 409 for the same resource and change types */
  async create(input: SubscriptionInput, appId: string): Promise<Subscription> {
    this.refuseDuplicate(input, appId);
    if (this.list(appId).length >= mostPerApp) {
      throw new GraphFault(
        403,
        'Forbidden',
        'The number of subscriptions per application and tenant is limited to 100.',
      );
    }
    for (const url of new Set([input.notificationUrl, input.lifecycleNotificationUrl])) {
      if (url !== null) await this.validate(url);
    }
    // Another one may have come while the endpoint was asked.
    this.refuseDuplicate(input, appId);
    const subscription: Subscription = {
      ...input,
      id: makeGuid(this.context.random),
      applicationId: appId,
      authorizedUntil: Infinity,
    };
    this.subscriptions.set(subscription.id, subscription);
    this.authorize(subscription);
    this.expireLater(subscription);
    this.context.journal.subscription(subscription);
    return subscription;
  }

  private async validate(url: string): Promise<void> {
    // Event Grid asks the endpoint itself, when an event subscription is made.
    if (isTopicAddress(url)) return;
    const token = `Validation: Testing client application reachability for subscription Request-Id: ${makeGuid(this.context.random)}`;
    await validateEndpoint(url, token, this.context.settings.handshakeTimeoutMs);
  }

  /** One a resource and change types for an application, wherever it calls. */
  private refuseDuplicate({ resource, changeTypes }: SubscriptionInput, appId: string): void {
    const key = (one: Pick<Subscription, 'resource' | 'changeTypes'>) =>
      `${one.resource.replace(/^\//, '').toLowerCase()} ${[...one.changeTypes].sort().join(',')}`;
    const existing = this.list(appId).find((one) => key(one) === key({ resource, changeTypes }));
    if (existing === undefined) return;
    throw new GraphFault(
      409,
      'ExtensionError',
      `Subscription Id ${existing.id} already exists for the requested combination of resource and change type.`,
    );
  }

  get count(): number {
    return this.subscriptions.size;
  }

  list(appId: string): Subscription[] {
    const now = this.context.clock.now();
    return [...this.subscriptions.values()].filter(
      (subscription) => subscription.applicationId === appId && subscription.expiresAt > now,
    );
  }

  /** @throws GraphFault 404 */
  get(id: string, appId: string): Subscription {
    const found = this.list(appId).find((subscription) => subscription.id === id.toLowerCase());
    if (!found) throw resourceNotFound(id);
    return found;
  }

  /**
   * PATCH: the end and the address may be changed, a new address after a handshake; that authorizes anew.
   * https://learn.microsoft.com/graph/api/subscription-update
   * @throws GraphFault
   */
  async renew(id: string, appId: string, body: Readonly<Record<string, unknown>>): Promise<Subscription> {
    const subscription = this.get(id, appId);
    const other = Object.keys(body).find((name) => !changeable.includes(name) && !name.startsWith('@'));
    if (other !== undefined)
      throw malformedRequest(`The property '${other}' of a subscription cannot be updated.`);
    if (body.expirationDateTime !== undefined || body.notificationUrl === undefined) {
      subscription.expiresAt = readExpiration(body.expirationDateTime, this.context.clock.now());
    }
    if (body.notificationUrl !== undefined) {
      const url = checkUrl(body.notificationUrl, 'notificationUrl');
      await this.validate(url);
      subscription.notificationUrl = url;
    }
    this.authorize(subscription);
    this.expireLater(subscription);
    this.context.journal.subscription(subscription);
    return subscription;
  }

  /**
   * POST reauthorize: keeps the end.
   * @throws GraphFault 404
   */
  reauthorize(id: string, appId: string): void {
    this.authorize(this.get(id, appId));
  }

  /** @throws GraphFault 404 */
  remove(id: string, appId: string): void {
    const subscription = this.get(id, appId);
    this.subscriptions.delete(subscription.id);
    this.context.journal.subscriptionGone(subscription.id);
  }

  /** Every authorization ends in `afterMs`; their owners are asked to renew now. */
  endAuthorizations(afterMs: number): number {
    const until = this.context.clock.now() + afterMs;
    for (const subscription of this.subscriptions.values()) {
      subscription.authorizedUntil = until;
      this.notifier.sendLifecycle(subscription, 'reauthorizationRequired');
    }
    return this.subscriptions.size;
  }

  async stop(): Promise<void> {
    this.notifier.stop();
    await this.topics.stop();
  }

  /** Only who can be asked to reauthorize loses the authorization. */
  private authorize(subscription: Subscription): void {
    const { clock, settings } = this.context;
    if (subscription.lifecycleNotificationUrl === null || settings.reauthorizationMs === 0) {
      subscription.authorizedUntil = Infinity;
      return;
    }
    const until = clock.now() + settings.reauthorizationMs;
    subscription.authorizedUntil = until;
    clock.schedule(Math.max(clock.now(), until - settings.reauthorizationLeadMs), () => {
      const isCurrent = this.subscriptions.has(subscription.id) && subscription.authorizedUntil === until;
      if (isCurrent) this.notifier.sendLifecycle(subscription, 'reauthorizationRequired');
    });
  }

  private expireLater(subscription: Subscription): void {
    const { expiresAt } = subscription;
    this.context.clock.schedule(expiresAt, () => {
      if (subscription.expiresAt === expiresAt) this.subscriptions.delete(subscription.id);
    });
  }
}
