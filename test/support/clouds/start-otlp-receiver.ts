import { startScriptedGraph } from '../scripted-graph';

type Attribute = { readonly key: string; readonly value: { readonly stringValue?: string } };
type ExportedSpan = {
  readonly name: string;
  readonly traceId: string;
  readonly spanId: string;
  readonly parentSpanId?: string;
  readonly attributes?: readonly Attribute[];
};
type DataPoint = {
  readonly attributes?: readonly Attribute[];
  readonly asInt?: string | number;
  readonly asDouble?: number;
};
type ExportedMetric = {
  readonly name: string;
  readonly sum?: { readonly dataPoints: readonly DataPoint[] };
  readonly gauge?: { readonly dataPoints: readonly DataPoint[] };
};

/** Takes what an app exports by OTLP over HTTP with JSON bodies (https://opentelemetry.io/docs/specs/otlp/#otlphttp). */
export async function startOtlpReceiver() {
  const server = await startScriptedGraph();
  server.script = () => ({ status: 200, body: {} });
  const bodies = <Body>(path: string) =>
    server.seen.filter(({ url }) => url === path).map(({ body }) => body as Body);
  return {
    endpoint: server.origin,
    spans: (): readonly ExportedSpan[] =>
      bodies<{ resourceSpans: { scopeSpans: { spans: ExportedSpan[] }[] }[] }>('/v1/traces').flatMap((body) =>
        body.resourceSpans.flatMap(({ scopeSpans }) => scopeSpans.flatMap(({ spans }) => spans)),
      ),
    /** `name{attribute}` and value of each series, of one export after the other. */
    metrics: (): readonly Readonly<Record<string, number>>[] =>
      bodies<{ resourceMetrics: { scopeMetrics: { metrics: ExportedMetric[] }[] }[] }>('/v1/metrics').map(
        (body) =>
          Object.fromEntries(
            body.resourceMetrics
              .flatMap(({ scopeMetrics }) => scopeMetrics.flatMap(({ metrics }) => metrics))
              .flatMap(
                ({ name, sum, gauge }) =>
                  (sum ?? gauge)?.dataPoints.map((point) => [
                    `${name}{${(point.attributes ?? []).map(({ value }) => value.stringValue).join()}}`,
                    Number(point.asInt ?? point.asDouble),
                  ]) ?? [],
              ),
          ),
      ),
    close: () => server.close(),
  };
}
