import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:https';
import type { Server } from 'node:https';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { makeCertificate } from '../../../packages/graph-emulator/test/support/self-signed-certificate';

const root = join(__dirname, '..', '..', '..');

type Envelope = {
  readonly data: {
    readonly baseData: {
      readonly metrics: readonly { readonly name: string; readonly value: number }[];
      readonly properties: Readonly<Record<string, string>>;
    };
  };
};

/** A process of its own, as the app is: it counts, exports and ends. jest cannot load packages on demand. */
const program = `
  const { startTelemetry } = require('./dist/shared/observe/start-telemetry.js');
  const { readTelemetrySettings } = require('./dist/shared/config/telemetry-settings.js');
  const { makeMetrics, observeLevels } = require('./dist/shared/observe/metrics.js');
  const { metrics } = require('@opentelemetry/api');
  const credential = {
    getToken: async (scopes) => ({ token: 'for-' + [scopes].flat().join(), expiresOnTimestamp: Date.now() + 3600000 }),
  };
  (async () => {
    const telemetry = await startTelemetry({ ...readTelemetrySettings(process.env), credential });
    const meter = metrics.getMeter('test');
    const made = makeMetrics(meter, { outcomes: ['licensed'], refusals: ['seats'], failures: ['graph'], results: ['done'] });
    observeLevels(meter, async () => ({ waiting: 7, pauses: 1, quotaPerSecond: 16, usersWithoutOutcome: 0 }));
    made.outcome('licensed');
    await telemetry.shutdown();
  })();
`;

describe('metrics in Application Insights', () => {
  const folder = mkdtempSync(join(tmpdir(), 'insights-'));
  const envelopes: Envelope[] = [];
  const authorizations = new Set<string>();
  let component: Server;
  let stderr = '';

  beforeAll(async () => {
    const certificate = makeCertificate();
    writeFileSync(join(folder, 'ca.pem'), certificate.cert);
    component = createServer({ ...certificate }, (request, response) => {
      const parts: Buffer[] = [];
      request.on('data', (part: Buffer) => parts.push(part));
      request.on('end', () => {
        const body = Buffer.concat(parts);
        const text = String(request.headers['content-encoding'] === 'gzip' ? gunzipSync(body) : body);
        const got = JSON.parse(text) as Envelope[];
        envelopes.push(...got);
        authorizations.add(request.headers.authorization ?? 'none');
        response.setHeader('content-type', 'application/json');
        response.end(JSON.stringify({ itemsReceived: got.length, itemsAccepted: got.length, errors: [] }));
      });
    });
    await new Promise<void>((resolve) => component.listen(0, '127.0.0.1', resolve));
    const origin = `https://127.0.0.1:${String((component.address() as AddressInfo).port)}`;
    const app = spawn(process.execPath, ['--eval', program], {
      cwd: root,
      env: {
        PATH: process.env['PATH'],
        NODE_EXTRA_CA_CERTS: join(folder, 'ca.pem'),
        APPLICATIONINSIGHTS_CONNECTION_STRING: `InstrumentationKey=aaaaaaaa-0000-4000-8000-000000000001;IngestionEndpoint=${origin}/`,
        // As infra/modules/app-settings.bicep: the exporter's reports of itself would leave this machine.
        APPLICATION_INSIGHTS_NO_STATSBEAT: 'true',
        APPLICATIONINSIGHTS_SDKSTATS_DISABLED: 'true',
      },
    });
    app.stderr.on('data', (data: Buffer) => (stderr += String(data)));
    // Only ends what hangs, before the test itself ends.
    const timer = setTimeout(() => app.kill('SIGKILL'), 240_000);
    await new Promise((resolve) => app.once('close', resolve));
    clearTimeout(timer);
  });

  afterAll(async () => {
    await new Promise((resolve) => component.close(resolve));
    rmSync(folder, { recursive: true, force: true });
  });

  it('arrive with the names and properties that alerts and the workbook ask for', () => {
    const points = envelopes.flatMap(({ data: { baseData } }) =>
      baseData.metrics.map(({ name, value }) => ({ name, value, ...baseData.properties })),
    );

    expect(stderr).toBe('');
    expect(points).toContainEqual(
      expect.objectContaining({ name: 'licenser.outcomes', outcome: 'licensed', value: 1 }),
    );
    expect(points).toContainEqual(expect.objectContaining({ name: 'licenser.waiting', value: 7 }));
    expect(points).toContainEqual(expect.objectContaining({ name: 'licenser.pauses', value: 1 }));
  });

  it('are sent by the app as itself', () => {
    expect([...authorizations]).toEqual([expect.stringMatching(/^Bearer for-https:\/\/monitor\.azure\.com/)]);
  });
});
