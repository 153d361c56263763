import { ResponseType } from '@microsoft/microsoft-graph-client';
import type { Client } from '@microsoft/microsoft-graph-client';
import type { z } from 'zod';
import { noLongerNeeded } from '../kernel/clock';
import type { Clock } from '../kernel/clock';
import { ensureError } from '../kernel/errors';
import type { Logger } from '../kernel/logger';
import type { Random } from '../kernel/random';
import { retry } from '../kernel/retry';
import { GraphError } from './refusals/graph-error';
import { graphErrorFacts } from './refusals/graph-error-classes';
import { toGraphError, unreadable } from './refusals/refused-answer';
import { ThrottleGate } from './throttle-gate';
import { fromWireFailure } from './refusals/wire-failure';
import { timing } from '../kernel/timing';

export type GraphMethod = 'GET' | 'POST' | 'PATCH' | 'DELETE';
export type GraphRequest = {
  readonly method: GraphMethod;
  /** Relative to the version, or an absolute link that Graph gave. */
  readonly path: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: unknown;
};

export type TransportOptions = {
  readonly clock: Clock;
  readonly random: Random;
  readonly logger: Logger;
  /** Sent as x-ms-throttle-priority: low is throttled first. https://learn.microsoft.com/graph/throttling-limits */
  readonly throttlePriority?: 'Low' | 'Normal' | 'High' | undefined;
  /** For one request, milliseconds. Default 30 s. */
  readonly timeoutMs?: number | undefined;
  /** How long reads are tried again, milliseconds. Default 60 s. */
  readonly budgetMs?: number | undefined;
};

/** Whether a read that failed for this is sent again at once. */
export function isPassing(error: GraphError): boolean {
  return graphErrorFacts[error.class].isPassing;
}

/** Requests to Graph: reads are tried again and wait at a gate that all of them share; writes go out once. */
export class GraphTransport {
  readonly #client: Client;
  readonly #options: TransportOptions;
  readonly gate: ThrottleGate;

  constructor(client: Client, options: TransportOptions) {
    this.#client = client;
    this.#options = options;
    this.gate = new ThrottleGate(options.clock, options.random);
  }

  get now(): number {
    return this.#options.clock.now();
  }

  /** A request that changes nothing (a `$batch` of GETs too). GraphError when the budget is spent. */
  async read<Answer>(
    request: GraphRequest,
    schema: z.ZodType<Answer>,
    signal?: AbortSignal,
  ): Promise<Answer> {
    return this.retryRead(() => this.ask(request, schema, signal), signal);
  }

  /** One attempt of a read, for those who decide themselves what is asked again (inside `retryRead`). */
  async ask<Answer>(request: GraphRequest, schema: z.ZodType<Answer>, signal?: AbortSignal): Promise<Answer> {
    const { answer, requestId } = await this.#send(request, false, signal);
    const parsed = schema.safeParse(answer);
    if (!parsed.success) throw unreadable(request, parsed.error, requestId);
    return parsed.data;
  }

  /** A request that may change something: sent once. Answers Graph's JSON, or undefined when there is none. */
  async write(request: GraphRequest, signal?: AbortSignal): Promise<unknown> {
    return (await this.#send(request, true, signal)).answer;
  }

  /** Runs a read again while its GraphError is one that passes; each attempt waits until the gate is open. */
  async retryRead<Result>(work: () => Promise<Result>, signal?: AbortSignal): Promise<Result> {
    const { clock, random, logger, budgetMs = timing.settings.outage.ms } = this.#options;
    const deadline = clock.now() + budgetMs;
    return retry(
      async () => {
        // Longer than we may wait: say so at once, with the time that Graph named.
        if (clock.now() + this.gate.remainingMs() > deadline) throw this.#closed();
        await this.gate.pass(signal);
        try {
          return await work();
        } catch (error) {
          // A 503 is one server's trouble, a 429 is everybody's quota.
          if (error instanceof GraphError && error.class === 'throttled') {
            this.gate.pause(error.retryAfterMs ?? 0);
          }
          throw error;
        }
      },
      {
        clock,
        random,
        backoff: timing.graph.readRetry,
        budgetMs,
        ...(signal === undefined ? {} : { signal }),
        isRetryable: (error) => error instanceof GraphError && isPassing(error),
        retryAfterMs: (error) => (error instanceof GraphError ? error.retryAfterMs : undefined),
        onRetry: (error, attempt, waitMs) =>
          logger.warn('Graph read is tried again', { attempt, waitMs, error: error.message }),
      },
    );
  }

  #closed(): GraphError {
    return new GraphError('throttled', 'Graph asked for a longer pause than this call may wait', {
      status: 429,
      retryAfterMs: this.gate.remainingMs(),
    });
  }

  async #send(
    request: GraphRequest,
    isWrite: boolean,
    signal: AbortSignal | undefined,
  ): Promise<{ answer: unknown; requestId: string | undefined }> {
    signal?.throwIfAborted();
    const deadline = this.#deadline(signal);
    let answered = false;
    try {
      const response = await this.#fetch(request, deadline.signal);
      answered = response.ok;
      const text = await response.text();
      if (!response.ok) {
        const { status, headers } = response;
        throw toGraphError({ status, headers, body: text }, request, this.now);
      }
      return {
        answer: text === '' ? undefined : (JSON.parse(text) as unknown),
        requestId: response.headers.get('request-id') ?? undefined,
      };
    } catch (thrown) {
      if (thrown instanceof GraphError) throw thrown;
      // The caller gave up on a read: its own reason, not a failure of Graph's.
      if (!isWrite) signal?.throwIfAborted();
      throw fromWireFailure(ensureError(thrown), { request, isWrite, answered });
    } finally {
      deadline.clear();
    }
  }

  async #fetch(request: GraphRequest, signal: AbortSignal): Promise<Response> {
    const priority = this.#options.throttlePriority;
    const call = this.#client
      .api(request.path)
      .headers({
        ...request.headers,
        ...(priority === undefined ? {} : { 'x-ms-throttle-priority': priority }),
      })
      .option('signal', signal)
      .responseType(ResponseType.RAW);
    switch (request.method) {
      case 'GET':
        return (await call.get()) as Response;
      case 'POST':
        return (await call.post(request.body)) as Response;
      case 'PATCH':
        return (await call.patch(request.body)) as Response;
      case 'DELETE':
        return (await call.delete()) as Response;
    }
  }

  /** Aborts with the caller's signal, or when the time for one request is over; `clear` aborts too, what then no longer matters. */
  #deadline(signal: AbortSignal | undefined): { signal: AbortSignal; clear(): void } {
    const { clock, timeoutMs = timing.graph.request.ms } = this.#options;
    const request = new AbortController();
    const onAbort = () => request.abort(signal?.reason);
    signal?.addEventListener('abort', onAbort, { once: true });
    clock.sleep(timeoutMs, request.signal).then(
      () => request.abort(new Error(`No answer within ${timeoutMs} ms`)),
      () => undefined,
    );
    return {
      signal: request.signal,
      clear: () => {
        request.abort(noLongerNeeded);
        signal?.removeEventListener('abort', onAbort);
      },
    };
  }
}
