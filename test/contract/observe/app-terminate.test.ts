import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { startOtlpReceiver } from '../../support/clouds/start-otlp-receiver';

const root = join(__dirname, '..', '..', '..');
/** Nothing listens there. */
const nowhere = 'http://127.0.0.1:9';

/** The built app as the worker loads it; it serves one request, and the platform takes its instance away. */
const program = `
  const Module = require('node:module');
  const hooks = {};
  const load = Module._load;
  Module._load = function (request, ...rest) {
    if (request !== '@azure/functions-core') return load.call(this, request, ...rest);
    return {
      version: 'test', hostVersion: '4', Disposable: class {},
      setProgrammingModel: () => undefined, getProgrammingModel: () => undefined,
      registerFunction: () => ({ dispose: () => undefined }),
      registerHook: (name, work) => ((hooks[name] = work), { dispose: () => undefined }),
      log: () => undefined,
    };
  };
  require('./dist/functions/app-terminate.js');
  const { handlers } = require('./dist/shared/wiring.js');
  const log = () => undefined;
  void handlers.health(undefined, { invocationId: 'one', functionName: 'health', error: log, warn: log, info: log, log });
  setTimeout(async () => {
    const startedAt = Date.now();
    await hooks.appTerminate({ hookData: {} });
    process.stdout.write(String(Date.now() - startedAt));
    process.exit();
  }, 500);
`;

let otlp: Awaited<ReturnType<typeof startOtlpReceiver>>;
beforeAll(async () => {
  otlp = await startOtlpReceiver();
});
afterAll(() => otlp.close());

it('an instance that is taken away exports what it has counted, within 5 s though the tables are away', async () => {
  const app = spawn(process.execPath, ['--eval', program], {
    cwd: root,
    env: {
      PATH: process.env['PATH'],
      ServiceBusConnection:
        'Endpoint=sb://127.0.0.1:9;SharedAccessKeyName=local;SharedAccessKey=SAS_KEY_VALUE;UseDevelopmentEmulator=true',
      LICENSER_TENANT_ID: 'aaaaaaaa-0000-4000-8000-000000000001',
      LICENSER_GRAPH_ORIGIN: nowhere,
      LICENSER_TABLES_ENDPOINT: `${nowhere}/account`,
      LICENSER_TABLES_KEY: Buffer.from('no key').toString('base64'),
      LICENSER_POLICY_PATH: join(root, 'policy', 'sample-tenant.yaml'),
      LICENSER_CLIENT_STATE: 'client-state-of-the-test',
      LICENSER_NOTIFICATION_URL: `${nowhere}/api/graph-notification`,
      OTEL_EXPORTER_OTLP_ENDPOINT: otlp.endpoint,
      OTEL_METRIC_EXPORT_INTERVAL: '3600000',
    },
  });
  let tookMs = '';
  let stderr = '';
  app.stdout.on('data', (data: Buffer) => (tookMs += String(data)));
  app.stderr.on('data', (data: Buffer) => (stderr += String(data)));
  await new Promise((resolve) => app.once('close', resolve));

  expect({ tookMs: Number(tookMs) > 0, stderr }).toMatchObject({ tookMs: true });
  expect(otlp.metrics().at(-1)).toMatchObject({ 'licenser.writes{}': 0 });
  expect(Number(tookMs)).toBeLessThan(30_000);
});
