import { describe, expect, it } from '@jest/globals';
import { readTelemetrySettings } from '../../../shared/config/telemetry-settings';

describe('settings of telemetry', () => {
  it.each([
    ['nothing', {}, { usesOtlp: false, applicationInsights: null }],
    ['OTLP', { OTEL_EXPORTER_OTLP_ENDPOINT: 'http://x' }, { usesOtlp: true, applicationInsights: null }],
    [
      'both, switched off',
      {
        OTEL_EXPORTER_OTLP_ENDPOINT: 'http://x',
        APPLICATIONINSIGHTS_CONNECTION_STRING: 'InstrumentationKey=x',
        OTEL_SDK_DISABLED: 'true',
      },
      { usesOtlp: false, applicationInsights: null },
    ],
  ])('%s', (_what, environment, expected) => {
    expect(readTelemetrySettings(environment)).toMatchObject(expected);
  });
});
