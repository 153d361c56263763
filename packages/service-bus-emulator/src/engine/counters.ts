/** What has happened in a queue since the broker started. */
export type Totals = {
  /** Accepted messages, scheduled ones included, dropped duplicates not. */
  sent: number;
  /** Dropped by duplicate detection. */
  duplicates: number;
  /** Deliveries, the second and later ones of a message included. */
  received: number;
  /** Completed, or received with receive-and-delete. */
  completed: number;
  abandoned: number;
  deferred: number;
  deadLettered: number;
  /** Ended by their time to live (those that were dead-lettered for it included). */
  expired: number;
  scheduled: number;
  cancelled: number;
  lockLost: number;
  /** Moved on by ForwardTo or ForwardDeadLetteredMessagesTo. */
  forwarded: number;
};

/** Totals, and what is there now. `active` counts what can be received or is locked, as Azure does. */
export type QueueCounters = Totals & {
  active: number;
  locked: number;
  scheduledNow: number;
  deferredNow: number;
  deadLetterNow: number;
};

/** Totals of a queue that has seen nothing. */
export const zeroTotals = (): Totals => ({
  sent: 0,
  duplicates: 0,
  received: 0,
  completed: 0,
  abandoned: 0,
  deferred: 0,
  deadLettered: 0,
  expired: 0,
  scheduled: 0,
  cancelled: 0,
  lockLost: 0,
  forwarded: 0,
});
