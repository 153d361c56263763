/** https://learn.microsoft.com/graph/api/resources/subscription */
export type Subscription = {
  readonly id: string;
  readonly resource: string;
  /** What `resource` means. */
  readonly target: {
    readonly kind: 'user' | 'group' | 'members';
    /** Undefined: all of them. */
    readonly id: string | undefined;
  };
  readonly changeTypes: readonly string[];
  notificationUrl: string;
  readonly lifecycleNotificationUrl: string | null;
  readonly clientState: string | null;
  readonly applicationId: string;
  /** ms */
  expiresAt: number;
  /** Until then (ms) notifications may be sent to the endpoint; Infinity: no limit. */
  authorizedUntil: number;
};

/** A subscription as Graph shows it; the client state stays hidden. */
export function viewSubscription(subscription: Subscription): Record<string, unknown> {
  return {
    id: subscription.id,
    resource: subscription.resource,
    applicationId: subscription.applicationId,
    changeType: subscription.changeTypes.join(','),
    // Graph never shows it again.
    clientState: null,
    notificationUrl: subscription.notificationUrl,
    notificationQueryOptions: null,
    lifecycleNotificationUrl: subscription.lifecycleNotificationUrl,
    expirationDateTime: new Date(subscription.expiresAt).toISOString(),
    creatorId: subscription.applicationId,
    includeResourceData: null,
    latestSupportedTlsVersion: 'v1_2',
    encryptionCertificate: null,
    encryptionCertificateId: null,
    notificationUrlAppId: null,
  };
}
