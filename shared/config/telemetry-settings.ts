import type { Environment } from './config';
import { timing } from '../kernel/timing';

/**
 * Where metrics and traces are exported to, and how often. The OTLP exporters themselves read the standard variables
 * (https://opentelemetry.io/docs/specs/otel/protocol/exporter/): endpoint, headers, time-outs.
 */
export type TelemetrySettings = {
  /** Metrics and traces go out by OTLP over HTTP. */
  readonly usesOtlp: boolean;
  /**
   * Connection string of the Application Insights component that gets the metrics; null: none. It is no secret where the
   * component takes signed-in senders only. Logs and invocations reach it through the Functions host.
   */
  readonly applicationInsights: string | null;
  readonly serviceName: string;
  /** Milliseconds between two exports of metrics, and at most before a finished span goes out. */
  readonly intervalMs: number;
};

/** The settings of telemetry. An interval that is not a number of at least 100 ms counts as not set. */
export function readTelemetrySettings(environment: Environment): TelemetrySettings {
  const interval = Number(environment['OTEL_METRIC_EXPORT_INTERVAL'] ?? '');
  const isOn = environment['OTEL_SDK_DISABLED'] !== 'true';
  return {
    usesOtlp: isOn && Boolean(environment['OTEL_EXPORTER_OTLP_ENDPOINT']),
    applicationInsights: (isOn && environment['APPLICATIONINSIGHTS_CONNECTION_STRING']) || null,
    serviceName: environment['OTEL_SERVICE_NAME'] || 'entra-auto-licenser',
    intervalMs: interval >= 100 ? interval : timing.observe.exportInterval.ms,
  };
}
