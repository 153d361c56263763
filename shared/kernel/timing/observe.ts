import { minute, second } from './duration';
import type { Durations } from './duration';

/** The outgoing webhook and telemetry. */
export const observeTiming = {
  counters: {
    ms: 10 * second,
    why: 'How long a process collects counts before it writes them: the verdict tells a SKU without seats within 20 s.',
  },
  webhookInterval: {
    ms: minute,
    why: 'Between two calls about the same kind of event: ten thousand blocked users are not ten thousand calls.',
  },
  webhookRetry: {
    firstMs: second,
    maxMs: minute,
    why: 'Between six attempts: a receiver that restarts within two minutes loses nothing.',
  },
  webhookTimeout: {
    ms: 10 * second,
    why: 'One call of the webhook: a receiver takes an event, it does not process it.',
  },
  webhookClose: { ms: 5 * second, why: 'What waits when the process ends is sent for at most this time.' },
  levelsRead: {
    ms: 2 * second,
    why: 'Levels that cannot be read so fast are left out of an export: it must not wait for tables that are away.',
  },
  levelsLease: {
    ms: 150 * second,
    why:
      'One process reports the levels, so that sums over processes are right; another one does two exports after it ' +
      'has fallen silent.',
  },
  leave: {
    ms: 4 * second,
    why:
      'What a process still does when the platform takes it away: exports, calls of the webhook, the end of its ' +
      'heartbeat. The platform waits 5 s for it.',
    source:
      'https://github.com/Azure/azure-functions-language-worker-protobuf (WorkerTerminate, grace_period)',
  },
  exportInterval: {
    ms: minute,
    why: 'Between two exports of metrics where OTEL_METRIC_EXPORT_INTERVAL names no other time.',
    source: 'https://opentelemetry.io/docs/specs/otel/configuration/sdk-environment-variables/',
  },
  metricExportTimeout: {
    ms: 30 * second,
    why: 'One export of metrics, never longer than the interval.',
    source: 'https://opentelemetry.io/docs/specs/otel/configuration/sdk-environment-variables/',
  },
  spanDelay: {
    ms: 5 * second,
    why: 'Spans are collected for this time before they are sent, never longer than the interval.',
    source: 'https://opentelemetry.io/docs/specs/otel/configuration/sdk-environment-variables/',
  },
} satisfies Durations;
