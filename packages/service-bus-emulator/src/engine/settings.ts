/** A queue's settings. Durations are milliseconds, Infinity is "never". */
export type QueueSettings = {
  readonly lockDurationMs: number;
  readonly maxDeliveryCount: number;
  readonly requiresSession: boolean;
  readonly defaultTimeToLiveMs: number;
  readonly deadLetteringOnMessageExpiration: boolean;
  readonly requiresDuplicateDetection: boolean;
  readonly duplicateDetectionWindowMs: number;
  /** A queue's name; what arrives is moved there. */
  readonly forwardTo: string | undefined;
  readonly forwardDeadLetteredMessagesTo: string | undefined;
  readonly maxSizeInMegabytes: number;
  readonly maxMessageSizeBytes: number;
  readonly status: 'Active' | 'Disabled' | 'SendDisabled' | 'ReceiveDisabled';
  readonly userMetadata: string | undefined;
  /** Kept and given back; it changes nothing here. */
  readonly enableBatchedOperations: boolean;
  /** Kept and given back; every key is accepted here. */
  readonly authorizationRules: readonly AuthorizationRule[];
};

/** A shared access rule as a description holds it. */
export type AuthorizationRule = {
  readonly rights: readonly string[];
  readonly claimType?: string;
  readonly claimValue?: string;
  readonly createdTime?: string;
  readonly modifiedTime?: string;
  readonly keyName?: string;
  readonly primaryKey?: string;
  readonly secondaryKey?: string;
};

/**
 * Azure Standard's defaults and quotas
 * (https://learn.microsoft.com/azure/service-bus-messaging/service-bus-quotas;
 * https://learn.microsoft.com/rest/api/servicebus/queue-description for a queue that is made by its management API).
 */
export const defaultQueueSettings: QueueSettings = {
  lockDurationMs: 60_000,
  maxDeliveryCount: 10,
  requiresSession: false,
  defaultTimeToLiveMs: Infinity,
  deadLetteringOnMessageExpiration: false,
  requiresDuplicateDetection: false,
  duplicateDetectionWindowMs: 10 * 60_000,
  forwardTo: undefined,
  forwardDeadLetteredMessagesTo: undefined,
  maxSizeInMegabytes: 1_024,
  maxMessageSizeBytes: 262_144,
  status: 'Active',
  userMetadata: undefined,
  enableBatchedOperations: true,
  authorizationRules: [],
};
