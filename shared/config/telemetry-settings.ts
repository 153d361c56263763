import type { Environment } from './config';
import { timing } from '../kernel/timing';

/**
 * Whether metrics and traces are exported, and how often. The exporters themselves read the standard variables
 * (https://opentelemetry.io/docs/specs/otel/protocol/exporter/): endpoint, headers, time-outs.
 */
export type TelemetrySettings = {
  readonly isExported: boolean;
  readonly serviceName: string;
  /** Milliseconds between two exports of metrics, and at most before a finished span goes out. */
  readonly intervalMs: number;
};

/** The settings of telemetry. An interval that is not a number of at least 100 ms counts as not set. */
export function readTelemetrySettings(environment: Environment): TelemetrySettings {
  const interval = Number(environment['OTEL_METRIC_EXPORT_INTERVAL'] ?? '');
  return {
    isExported:
      Boolean(environment['OTEL_EXPORTER_OTLP_ENDPOINT']) && environment['OTEL_SDK_DISABLED'] !== 'true',
    serviceName: environment['OTEL_SERVICE_NAME'] || 'entra-auto-licenser',
    intervalMs: interval >= 100 ? interval : timing.observe.exportInterval.ms,
  };
}
