import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { context, trace } from '@opentelemetry/api';
import { AsyncLocalStorageContextManager } from '@opentelemetry/context-async-hooks';
import {
  BasicTracerProvider,
  InMemorySpanExporter,
  SimpleSpanProcessor,
} from '@opentelemetry/sdk-trace-base';
import { GraphError } from '../../../shared/graph/refusals/graph-error';
import { readTraceparent, withSpan, writeTraceparent } from '../../../shared/observe/spans';

const given = '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01';

describe('traceparent', () => {
  it('is read and written back', () => {
    const read = readTraceparent(given);

    expect(read).toMatchObject({ traceId: '0af7651916cd43dd8448eb211c80319c', spanId: 'b7ad6b7169203331' });
    expect(read && writeTraceparent(read)).toBe(given);
  });

  it.each([
    undefined,
    '',
    'nonsense',
    '00-00000000000000000000000000000000-b7ad6b7169203331-01',
    '00-0af7651916cd43dd8448eb211c80319c-0000000000000000-01',
    `${given}-extra`,
    given.toUpperCase(),
    '01-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01',
  ])('is not taken from %p', (text) => {
    expect(readTraceparent(text)).toBeUndefined();
  });
});

describe('spans without an SDK', () => {
  it('hand on the trace that came in', async () => {
    const carried = await withSpan('work', { parent: given }, async (traceparent) => traceparent);

    expect(carried).toBe(given);
  });

  it('invent none', async () => {
    expect(await withSpan('work', {}, async (traceparent) => traceparent)).toBeUndefined();
  });
});

describe('spans', () => {
  const exporter = new InMemorySpanExporter();
  const provider = new BasicTracerProvider({ spanProcessors: [new SimpleSpanProcessor(exporter)] });
  beforeAll(() => {
    trace.setGlobalTracerProvider(provider);
    context.setGlobalContextManager(new AsyncLocalStorageContextManager().enable());
  });
  afterEach(() => exporter.reset());
  afterAll(async () => {
    await provider.shutdown();
    trace.disable();
    context.disable();
  });
  const spans = () =>
    exporter.getFinishedSpans().map((span) => ({
      name: span.name,
      traceId: span.spanContext().traceId,
      id: span.spanContext().spanId,
      parent: span.parentSpanContext?.spanId,
      links: span.links.map((link) => link.context.spanId),
      error: span.attributes['error.type'],
    }));

  it('continue the message’s trace, link the invocation, and hold what is called inside', async () => {
    const invocation = '00-11111111111111111111111111111111-2222222222222222-01';

    const carried = await withSpan('outer', { parent: given, link: invocation }, async (traceparent) => {
      await Promise.resolve();
      await withSpan('inner', {}, async () => undefined);
      return traceparent;
    });

    const [inner, outer] = spans();
    expect(outer).toMatchObject({ parent: 'b7ad6b7169203331', links: ['2222222222222222'] });
    expect(inner).toMatchObject({ parent: outer?.id, traceId: '0af7651916cd43dd8448eb211c80319c' });
    expect(carried).toBe(`00-0af7651916cd43dd8448eb211c80319c-${outer?.id}-01`);
  });

  it('say what failed by its code, never by its text', async () => {
    const error = new GraphError('permission', 'secret text', { status: 403 });

    await expect(withSpan('work', {}, () => Promise.reject(error))).rejects.toBe(error);

    expect(spans()).toMatchObject([{ name: 'work', error: 'graph/permission' }]);
    expect(
      JSON.stringify(exporter.getFinishedSpans().map(({ attributes, events }) => [attributes, events])),
    ).not.toContain('secret');
  });
});
