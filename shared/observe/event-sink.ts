/** Events that are reported to the outside, beside logs and metrics; `subject`: a user id, a SKU id, the scope of a pause, a reason's code. */
export const outgoingEvents = [
  'paused',
  'resumed',
  'blocked',
  'held',
  'seatsOut',
  'failure',
  'verdict',
  'names',
] as const;
export type OutgoingEventName = (typeof outgoingEvents)[number];

export type OutgoingEvent = {
  readonly event: OutgoingEventName;
  readonly subject?: string;
  readonly reason: { readonly code: string; readonly text: string };
};

export interface EventSink {
  /** Takes it and returns at once; never throws. */
  emit(event: OutgoingEvent): void;
}

export const silentSink: EventSink = { emit: () => undefined };
