import { describe, expect, it } from '@jest/globals';
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';

const root = join(__dirname, '..', '..', '..');

/**
 * What the Functions worker does at start: it answers `@azure/functions-core`, loads the entry points that
 * package.json names, and takes registrations until then only.
 * https://github.com/Azure/azure-functions-nodejs-worker/blob/v3.x/src/setupCoreModule.ts
 */
const worker = `
  const Module = require('node:module');
  const { readdirSync } = require('node:fs');
  const { join, dirname } = require('node:path');
  const registered = [];
  let loading = true;
  const core = {
    version: '3.11.0',
    hostVersion: '4.1040.0',
    setProgrammingModel() {},
    getProgrammingModel() {},
    registerHook() {},
    log() {},
    registerFunction(metadata) {
      if (!loading) throw new Error('registered late: ' + metadata.name);
      const trigger = Object.values(metadata.bindings).find((one) => /Trigger$/.test(one.type));
      registered.push({ ...trigger, name: metadata.name, ...(metadata.retryOptions && { retry: metadata.retryOptions }) });
    },
    Disposable: class {},
  };
  const load = Module._load;
  Module._load = function (id, ...rest) { return id === '@azure/functions-core' ? core : load.call(this, id, ...rest); };
  const main = require('./package.json').main;
  const folder = dirname(main);
  for (const file of readdirSync(folder).filter((name) => name.endsWith('.js')).sort()) require(join(process.cwd(), folder, file));
  loading = false;
  process.on('exit', () => process.stdout.write(JSON.stringify(registered)));
`;

/** A process that loads the app with these settings alone. */
const load = (settings: Readonly<Record<string, string>> = {}) =>
  spawnSync(process.execPath, ['-e', worker], {
    cwd: root,
    env: { PATH: process.env['PATH'] ?? '', ...settings },
    encoding: 'utf8',
    timeout: 30_000,
  });

describe('the built app', () => {
  it('registers its functions at load, without a setting, and does nothing else', () => {
    // No setting at all, and no time-out of its own: a connection or timer opened at load would keep it alive.
    const run = load();

    expect(run.stderr).toBe('');
    expect(run.signal).toBeNull();
    const registered = JSON.parse(run.stdout) as Record<string, unknown>[];
    expect(
      registered.map(({ name, type, queueName, isSessionsEnabled, authLevel, schedule }) => ({
        name,
        type,
        ...(queueName === undefined ? {} : { queueName, isSessionsEnabled: isSessionsEnabled === true }),
        ...(authLevel === undefined ? {} : { authLevel }),
        ...(schedule === undefined ? {} : { schedule }),
      })),
    ).toEqual([
      {
        name: 'apply-bulk',
        type: 'serviceBusTrigger',
        queueName: 'license-changes-bulk',
        isSessionsEnabled: true,
      },
      { name: 'apply', type: 'serviceBusTrigger', queueName: 'license-changes', isSessionsEnabled: true },
      { name: 'census-walk', type: 'timerTrigger', schedule: '20 */10 * * * *' },
      { name: 'census', type: 'timerTrigger', schedule: '0 30 2 * * *' },
      { name: 'dead-letters', type: 'timerTrigger', schedule: '30 */5 * * * *' },
      { name: 'decide', type: 'serviceBusTrigger', queueName: 'directory-changes', isSessionsEnabled: false },
      { name: 'graph-notification', type: 'httpTrigger', authLevel: 'function' },
      { name: 'graph-subscription', type: 'timerTrigger', schedule: '0 */15 * * * *' },
      { name: 'health', type: 'httpTrigger', authLevel: 'anonymous' },
      { name: 'observe', type: 'timerTrigger', schedule: '40 * * * * *' },
      {
        name: 'operations',
        type: 'serviceBusTrigger',
        queueName: 'operator-requests',
        isSessionsEnabled: false,
      },
      { name: 'ops-api', type: 'httpTrigger', authLevel: 'anonymous' },
      { name: 'ops-page', type: 'httpTrigger', authLevel: 'anonymous' },
      { name: 'rollouts', type: 'timerTrigger', schedule: '10 */10 * * * *' },
      { name: 'users-delta', type: 'timerTrigger', schedule: '*/15 * * * * *' },
      { name: 'waiting-list', type: 'timerTrigger', schedule: '25 */10 * * * *' },
    ]);
  });

  it.each([
    ['webhook', { name: 'graph-events', type: 'httpTrigger', authLevel: 'function' }],
    ['queue', { name: 'graph-event-queue', type: 'serviceBusTrigger', queueName: 'graph-events' }],
  ])('takes events of Event Grid by %s when that is set, and in no other way', (way, wanted) => {
    const run = load({ LICENSER_GRAPH_EVENTS: way });

    const registered = JSON.parse(run.stdout) as { readonly name: string }[];
    expect(registered.filter(({ name }) => name.startsWith('graph-event'))).toEqual([
      expect.objectContaining(wanted),
    ]);
  });

  it.each([
    ['entra-audit-log', 1],
    ['', 0],
    ['no hub has such a name!', 0],
  ])('reads the audit log from the hub "%s": %s function', (hub, count) => {
    const run = load({ LICENSER_AUDIT_HUB: hub });

    const registered = JSON.parse(run.stdout) as { readonly name: string }[];
    expect(registered.filter(({ name }) => name === 'entra-audit-log')).toEqual(
      Array.from({ length: count }, () =>
        expect.objectContaining({
          type: 'eventHubTrigger',
          eventHubName: hub,
          connection: 'EventHubConnection',
          consumerGroup: 'auto-licenser',
          cardinality: 'many',
          // Without it the host goes on behind a batch that fails.
          retry: expect.objectContaining({ maxRetryCount: -1 }),
        }),
      ),
    );
  });
});
