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
};

const hour = 3_600_000;

/**
 * Azure Standard's defaults and quotas
 * (https://learn.microsoft.com/azure/service-bus-messaging/service-bus-quotas).
 */
export const defaultQueueSettings: QueueSettings = {
  lockDurationMs: 60_000,
  maxDeliveryCount: 10,
  requiresSession: false,
  defaultTimeToLiveMs: 14 * 24 * hour,
  deadLetteringOnMessageExpiration: false,
  requiresDuplicateDetection: false,
  duplicateDetectionWindowMs: 10 * 60_000,
  forwardTo: undefined,
  forwardDeadLetteredMessagesTo: undefined,
  maxSizeInMegabytes: 1_024,
  maxMessageSizeBytes: 262_144,
  status: 'Active',
  userMetadata: undefined,
};
