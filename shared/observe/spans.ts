import {
  ROOT_CONTEXT,
  SpanStatusCode,
  TraceFlags,
  context,
  isSpanContextValid,
  trace,
} from '@opentelemetry/api';
import type { Attributes, Context, Span, SpanContext } from '@opentelemetry/api';

/** W3C Trace Context: https://www.w3.org/TR/trace-context/#traceparent-header */
const traceparent = /^00-([0-9a-f]{32})-([0-9a-f]{16})-([0-9a-f]{2})$/;

/** A traceparent header as a span context; undefined: there is none, or it is not valid. */
export function readTraceparent(text: string | undefined): SpanContext | undefined {
  const [, traceId, spanId, flags] = traceparent.exec(text ?? '') ?? [];
  if (traceId === undefined || spanId === undefined || flags === undefined) return undefined;
  const found = {
    traceId,
    spanId,
    traceFlags: Number.parseInt(flags, 16) & TraceFlags.SAMPLED,
    isRemote: true,
  };
  return isSpanContextValid(found) ? found : undefined;
}

/** A span context as a traceparent header. */
export function writeTraceparent({ traceId, spanId, traceFlags }: SpanContext): string {
  return `00-${traceId}-${spanId}-${traceFlags.toString(16).padStart(2, '0')}`;
}

export type SpanOptions = {
  /** Traceparent of the span that this one continues; undefined: the active one. */
  readonly parent?: string | undefined;
  /** Traceparent of another span that led to this one, such as the host's invocation. */
  readonly link?: string | undefined;
  readonly attributes?: Attributes;
};

/**
 * Runs `work` in a span. It gets the traceparent that messages should carry on: the span's own, or, while no SDK is
 * registered, the parent's, so that a trace is not cut by an app that exports none. What is thrown marks the span.
 */
export async function withSpan<Result>(
  name: string,
  options: SpanOptions,
  work: (traceparent: string | undefined) => Promise<Result>,
): Promise<Result> {
  const parent = contextOf(options.parent);
  const linked = readTraceparent(options.link);
  const span = trace.getTracer('entra-auto-licenser').startSpan(
    name,
    {
      attributes: options.attributes ?? {},
      ...(linked === undefined || options.link === options.parent ? {} : { links: [{ context: linked }] }),
    },
    parent,
  );
  try {
    return await context.with(trace.setSpan(parent, span), () => work(traceparentOf(span)));
  } catch (thrown) {
    markFailed(span, thrown);
    throw thrown;
  } finally {
    span.end();
  }
}

function contextOf(parent: string | undefined): Context {
  if (parent === undefined) return context.active();
  const remote = readTraceparent(parent);
  return remote === undefined ? ROOT_CONTEXT : trace.setSpanContext(ROOT_CONTEXT, remote);
}

function traceparentOf(span: Span): string | undefined {
  const own = span.spanContext();
  return isSpanContextValid(own) ? writeTraceparent(own) : undefined;
}

/** Only the code: messages may hold what belongs into no trace. */
function markFailed(span: Span, thrown: unknown): void {
  const { code, name } =
    typeof thrown === 'object' && thrown !== null ? (thrown as Record<string, unknown>) : {};
  const type = typeof code === 'string' ? code : typeof name === 'string' ? name : 'unknown';
  span.setAttribute('error.type', type);
  span.setStatus({ code: SpanStatusCode.ERROR });
}
