import { context, metrics, trace } from '@opentelemetry/api';
import { timing } from '../kernel/timing';

export type Telemetry = {
  /** Exports what is left. */
  shutdown(): Promise<void>;
};

/**
 * Registers an SDK that exports metrics and traces by OTLP over HTTP. Its packages are loaded here and now, only by an
 * app that exports: everything else uses the API, which does nothing without an SDK. Metrics have no proxy in the API,
 * so this comes before the first meter.
 */
export async function startTelemetry(options: {
  readonly serviceName: string;
  readonly intervalMs: number;
}): Promise<Telemetry> {
  const [resources, sdkMetrics, sdkTrace, metricExport, traceExport, hooks] = await Promise.all([
    import('@opentelemetry/resources'),
    import('@opentelemetry/sdk-metrics'),
    import('@opentelemetry/sdk-trace-base'),
    import('@opentelemetry/exporter-metrics-otlp-http'),
    import('@opentelemetry/exporter-trace-otlp-http'),
    import('@opentelemetry/context-async-hooks'),
  ]);
  const { serviceName, intervalMs } = options;
  const resource = resources.resourceFromAttributes({ 'service.name': serviceName });
  const meterProvider = new sdkMetrics.MeterProvider({
    resource,
    readers: [
      new sdkMetrics.PeriodicExportingMetricReader({
        exporter: new metricExport.OTLPMetricExporter(),
        exportIntervalMillis: intervalMs,
        exportTimeoutMillis: Math.min(intervalMs, timing.observe.metricExportTimeout.ms),
      }),
    ],
  });
  const tracerProvider = new sdkTrace.BasicTracerProvider({
    resource,
    spanProcessors: [
      new sdkTrace.BatchSpanProcessor(new traceExport.OTLPTraceExporter(), {
        scheduledDelayMillis: Math.min(intervalMs, timing.observe.spanDelay.ms),
      }),
    ],
  });
  metrics.setGlobalMeterProvider(meterProvider);
  trace.setGlobalTracerProvider(tracerProvider);
  context.setGlobalContextManager(new hooks.AsyncLocalStorageContextManager().enable());
  return {
    shutdown: async () => {
      await Promise.allSettled([meterProvider.shutdown(), tracerProvider.shutdown()]);
    },
  };
}
