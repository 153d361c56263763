import { createHmac } from 'node:crypto';
import type { Clock } from '../kernel/clock';
import { isoTime } from '../kernel/clock';
import type { Logger } from '../kernel/logger';
import type { Random } from '../kernel/random';
import { backoffMs } from '../kernel/retry';
import type { Secret } from '../kernel/secret';
import type { EventSink, OutgoingEvent } from './event-sink';
import { postOnce } from './post-once';
import { timing } from '../kernel/timing';

/** The body of every call, as JSON. `count`: so many events of this kind and reason since the last call about it. */
export type WebhookBody = {
  readonly v: 1;
  readonly event: OutgoingEvent['event'];
  /** ISO 8601; of the latest of them. */
  readonly at: string;
  readonly tenantId: string;
  /** A user id, a SKU id or the scope of a pause; of the latest of them. */
  readonly subject?: string;
  readonly reason: OutgoingEvent['reason'];
  readonly count: number;
};

export type WebhookOptions = {
  readonly url: Secret;
  /** Signs the body: header `x-licenser-signature: sha256=` and the HMAC-SHA256 in hexadecimal. null: unsigned. */
  readonly secret: Secret | null;
  readonly tenantId: string;
  readonly clock: Clock;
  readonly random: Random;
  readonly newId: () => string;
  readonly logger: Logger;
  /** Default 10 s. */
  readonly timeoutMs?: number;
};

export interface OutgoingWebhook extends EventSink {
  /** Sends what waits, without waiting for its minute, for at most `forMs`; nothing is sent after that. */
  close(forMs?: number): Promise<void>;
}

/** One kind of event: what has come since its last call, and when the next may be. */
type Pending = { latest: OutgoingEvent; at: number; count: number; dueAt: number };

/** Kinds are few (event and reason); more than this is a flood and shares one. */
const mostKinds = 200;
const attempts = 6;

/**
 * Reports trouble to one webhook. `emit` only notes the event; calls are made one after another beside the work, the
 * first about a kind of event at once, the next a minute later with the count of all that came meanwhile. What cannot
 * be delivered is tried again with back-off for about two minutes, then dropped with a line in the log that names
 * neither the URL nor the secret. Each process reports what it has seen itself; what it has not sent when it ends is lost.
 */
export function makeOutgoingWebhook(options: WebhookOptions): OutgoingWebhook {
  const { clock, logger } = options;
  const pending = new Map<string, Pending>();
  const lastCallAt = new Map<string, number>();
  const closing = new AbortController();
  const wake = { now: new AbortController() };
  let running: Promise<void> | undefined;
  let isFlushing = false;

  const run = async (): Promise<void> => {
    while (!closing.signal.aborted) {
      const next = [...pending].sort(([, a], [, b]) => a.dueAt - b.dueAt)[0];
      if (next === undefined) return;
      const [kind, { latest, at, count, dueAt }] = next;
      const waitMs = isFlushing ? 0 : dueAt - clock.now();
      if (waitMs > 0) {
        wake.now = new AbortController();
        await clock.sleep(waitMs, AbortSignal.any([wake.now.signal, closing.signal])).catch(() => undefined);
        continue;
      }
      pending.delete(kind);
      lastCallAt.set(kind, clock.now());
      await deliver(options, { ...toBody(options, latest, at), count }, closing.signal);
    }
  };

  const start = (): void => {
    running ??= run()
      .catch((error: unknown) => logger.error('The outgoing webhook stopped', { error }))
      .finally(() => {
        running = undefined;
        // An event may have come while this loop was ending.
        if (pending.size > 0 && !closing.signal.aborted) start();
      });
  };

  return {
    emit(event) {
      if (closing.signal.aborted) return;
      const named = kindOf(event);
      const kind = pending.has(named) || pending.size < mostKinds ? named : event.event;
      const now = clock.now();
      const known = pending.get(kind);
      const dueAt =
        known?.dueAt ??
        Math.max(now, (lastCallAt.get(kind) ?? -Infinity) + timing.observe.webhookInterval.ms);
      pending.set(kind, { latest: event, at: now, count: (known?.count ?? 0) + 1, dueAt });
      forgetOld(lastCallAt, now);
      wake.now.abort();
      start();
    },
    async close(forMs = timing.observe.webhookClose.ms) {
      isFlushing = true;
      wake.now.abort();
      const giveUp = clock.sleep(forMs, closing.signal).catch(() => undefined);
      await Promise.race([running, giveUp]);
      closing.abort();
    },
  };
}

/** Pauses and names are reported one by one; other events by their reason. */
function kindOf({ event, reason, subject }: OutgoingEvent): string {
  return JSON.stringify(
    event === 'paused' || event === 'resumed' || event === 'seatsOut'
      ? [event, subject]
      : event === 'names'
        ? [event, reason.text]
        : [event, reason.code],
  );
}

function forgetOld(lastCallAt: Map<string, number>, now: number): void {
  for (const [kind, at] of lastCallAt)
    if (now - at >= timing.observe.webhookInterval.ms) lastCallAt.delete(kind);
}

function toBody(
  { tenantId }: WebhookOptions,
  { event, subject, reason }: OutgoingEvent,
  at: number,
): Omit<WebhookBody, 'count'> {
  const text = reason.text.slice(0, 2_000);
  return {
    v: 1,
    event,
    at: isoTime(at),
    tenantId,
    ...(subject === undefined ? {} : { subject }),
    reason: { code: reason.code, text },
  };
}

async function deliver(options: WebhookOptions, content: WebhookBody, signal: AbortSignal): Promise<void> {
  const { url, secret, clock, random, logger, timeoutMs = timing.observe.webhookTimeout.ms } = options;
  const body = JSON.stringify(content);
  const headers = {
    'content-type': 'application/json',
    'user-agent': 'entra-auto-licenser',
    // The same at every attempt: a receiver that has seen it already may leave it.
    'x-licenser-delivery': options.newId(),
    ...(secret === null ? {} : { 'x-licenser-signature': signBody(body, secret) }),
  };
  for (let attempt = 1; ; attempt++) {
    const answer = await postOnce(url.reveal(), { headers, body, timeoutMs, signal, clock });
    if (answer.kind === 'taken' || signal.aborted) return;
    if (answer.kind === 'refused' || attempt === attempts) {
      logger.warn('The outgoing webhook did not take an event; it is dropped', {
        event: content.event,
        count: content.count,
        problem: answer.problem,
        attempts: attempt,
      });
      return;
    }
    const waitMs = Math.max(
      backoffMs(timing.observe.webhookRetry, attempt - 1, random),
      Math.min(answer.retryAfterMs ?? 0, timing.observe.webhookInterval.ms),
    );
    await clock.sleep(waitMs, signal).catch(() => undefined);
    if (signal.aborted) return;
  }
}

/** `sha256=` and the HMAC-SHA256 of the body's bytes. */
export function signBody(body: string, secret: Secret): string {
  return `sha256=${createHmac('sha256', secret.reveal()).update(body, 'utf8').digest('hex')}`;
}
