import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { readHostJson, toHostOptions } from '../../src/host-json';

describe('host.json', () => {
  it("has the extension's defaults", () => {
    expect(toHostOptions({ version: '2.0' })).toEqual({
      functionTimeoutMs: 1_800_000,
      routePrefix: 'api',
      serviceBus: {
        autoCompleteMessages: true,
        maxAutoLockRenewalDuration: 300_000,
        maxConcurrentCalls: 16,
        maxConcurrentSessions: 8,
        maxConcurrentCallsPerSession: 1,
        sessionIdleTimeout: 60_000,
      },
      unused: [],
    });
  });

  it('of the project is obeyed in full', () => {
    const options = readHostJson(join(__dirname, '../../../../host.json'));

    expect(options.unused).toEqual([]);
    expect(options.serviceBus).toMatchObject({ maxConcurrentSessions: 32, sessionIdleTimeout: 1_000 });
  });

  it('may leave the time of a function unlimited', () => {
    expect(toHostOptions({ version: '2.0', functionTimeout: '-1' }).functionTimeoutMs).toBeUndefined();
  });

  it('names the settings that have no effect here', () => {
    const json = {
      version: '2.0',
      logging: { logLevel: { default: 'Debug' } },
      concurrency: { dynamicConcurrencyEnabled: true },
      extensions: { http: { maxConcurrentRequests: 5 }, serviceBus: { prefetchCount: 10 } },
    };

    expect(toHostOptions(json).unused).toEqual([
      'concurrency.dynamicConcurrencyEnabled',
      'extensions.http.maxConcurrentRequests',
      'extensions.serviceBus.prefetchCount',
    ]);
  });

  it.each([
    [{}, 'version'],
    [{ version: '2.0', functionTimeout: 'soon' }, 'is not a time span'],
    [
      { version: '2.0', extensions: { serviceBus: { maxConcurrentCallsPerSession: 2 } } },
      'one call per session',
    ],
    [{ version: '2.0', extensions: { serviceBus: { maxConcurrentCalls: 0 } } }, 'maxConcurrentCalls'],
  ])('%j is refused', (json, problem) => {
    expect(() => toHostOptions(json)).toThrow(problem);
  });
});
