import type { TokenCredential } from '@azure/identity';
import { context, metrics, trace } from '@opentelemetry/api';
import type { Resource } from '@opentelemetry/resources';
import type { MetricReader } from '@opentelemetry/sdk-metrics';
import { timing } from '../kernel/timing';

export type Telemetry = {
  /** Exports what is left. */
  shutdown(): Promise<void>;
};

export type TelemetryOptions = {
  readonly serviceName: string;
  /** Milliseconds between two exports. */
  readonly intervalMs: number;
  /** Metrics and traces by OTLP over HTTP. */
  readonly usesOtlp: boolean;
  /** Connection string of the component that gets the metrics; null: none. */
  readonly applicationInsights: string | null;
  /** Signs in to Application Insights. */
  readonly credential: TokenCredential;
};

/**
 * Registers an SDK that exports metrics, and with OTLP traces. Its packages are loaded here and now, only by an app that
 * exports: everything else uses the API, which does nothing without an SDK. Metrics have no proxy in the API, so this
 * comes before the first meter. Traces do not go to Application Insights: the host has told it of every invocation.
 */
export async function startTelemetry(options: TelemetryOptions): Promise<Telemetry> {
  const { serviceName, usesOtlp } = options;
  const [resources, sdkMetrics] = await Promise.all([
    import('@opentelemetry/resources'),
    import('@opentelemetry/sdk-metrics'),
  ]);
  const resource = resources.resourceFromAttributes({ 'service.name': serviceName });
  const readers = [
    ...(usesOtlp ? [await otlpReader(options)] : []),
    ...(options.applicationInsights === null
      ? []
      : [await applicationInsightsReader(options, options.applicationInsights)]),
  ];
  const meterProvider = new sdkMetrics.MeterProvider({ resource, readers });
  metrics.setGlobalMeterProvider(meterProvider);
  const traces = usesOtlp ? await startTraces(options, resource) : undefined;
  return {
    shutdown: async () => {
      await Promise.allSettled([meterProvider.shutdown(), traces?.shutdown()]);
    },
  };
}

const periodic = ({ intervalMs }: TelemetryOptions) => ({
  exportIntervalMillis: intervalMs,
  exportTimeoutMillis: Math.min(intervalMs, timing.observe.metricExportTimeout.ms),
});

async function otlpReader(options: TelemetryOptions): Promise<MetricReader> {
  const [sdkMetrics, { OTLPMetricExporter }] = await Promise.all([
    import('@opentelemetry/sdk-metrics'),
    import('@opentelemetry/exporter-metrics-otlp-http'),
  ]);
  return new sdkMetrics.PeriodicExportingMetricReader({
    exporter: new OTLPMetricExporter(),
    ...periodic(options),
  });
}

async function applicationInsightsReader(
  options: TelemetryOptions,
  connectionString: string,
): Promise<MetricReader> {
  const [sdkMetrics, { AzureMonitorMetricExporter }] = await Promise.all([
    import('@opentelemetry/sdk-metrics'),
    import('@azure/monitor-opentelemetry-exporter'),
  ]);
  return new sdkMetrics.PeriodicExportingMetricReader({
    // What an instance could not send it would keep on a disk that ends with it.
    exporter: new AzureMonitorMetricExporter({
      connectionString,
      credential: options.credential,
      disableOfflineStorage: true,
    }),
    ...periodic(options),
  });
}

async function startTraces({ intervalMs }: TelemetryOptions, resource: Resource) {
  const [sdkTrace, { OTLPTraceExporter }, hooks] = await Promise.all([
    import('@opentelemetry/sdk-trace-base'),
    import('@opentelemetry/exporter-trace-otlp-http'),
    import('@opentelemetry/context-async-hooks'),
  ]);
  const provider = new sdkTrace.BasicTracerProvider({
    resource,
    spanProcessors: [
      new sdkTrace.BatchSpanProcessor(new OTLPTraceExporter(), {
        scheduledDelayMillis: Math.min(intervalMs, timing.observe.spanDelay.ms),
      }),
    ],
  });
  trace.setGlobalTracerProvider(provider);
  context.setGlobalContextManager(new hooks.AsyncLocalStorageContextManager().enable());
  return provider;
}
