/** What became of notifications since the start; shown by the control API. */
export type NotificationCounters = {
  /** Notifications that became due for sending, copies included. */
  sent: number;
  /** Answered with 2xx. */
  delivered: number;
  /** Lost on purpose (lostNotificationRate) or in drop state. */
  lost: number;
  /** Attempts that failed and are retried later. */
  retried: number;
  /** Given up after four hours. */
  expired: number;
};
