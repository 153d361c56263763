import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { EventHubConsumerClient, earliestEventPosition } from '@azure/event-hubs';
import { controlHeaders } from '@auto-licenser/graph-emulator/client';
import { startServiceBus } from '@auto-licenser/service-bus-emulator';
import type { RunningServiceBus } from '@auto-licenser/service-bus-emulator';
import { readConfigFile } from '@auto-licenser/service-bus-emulator/config';
import { childEnvironment } from '../../../local/app-settings';
import { packageBin } from '../../../local/package-bin';
import { ManagedProcess } from '../../../packages/emulator-kit/src/managed-process';
import { auditConsumerGroup } from '../../../shared/config/audit-log';
import { readAuditRecords } from '../../../shared/pipeline/intake/audit/read-audit-records';
import { projectRoot } from '../../support/local-cloud';
import { waitUntil } from '../../support/wait-until';

/** The embedded Graph sends with Microsoft's client, and the product's reader reads what it sends. */
const graph = { origin: '', tenantId: '', controlKey: 'control-key' };
let bus: RunningServiceBus;
let graphProcess: ManagedProcess;
beforeAll(async () => {
  const config = readConfigFile(`${projectRoot}/local/service-bus.config.json`);
  bus = await startServiceBus({ port: 0, managementPort: 0, config });
  graphProcess = new ManagedProcess({
    name: 'graph',
    entry: packageBin(projectRoot, '@auto-licenser/graph-emulator'),
    args: () => ['--port', '0'],
    env: () => ({ ...childEnvironment(process.env), LOCAL_GRAPH_CONTROL_KEY: graph.controlKey }),
    cwd: projectRoot,
    onLine: () => undefined,
    onUnexpectedExit: () => undefined,
  });
  const facts = await graphProcess.start();
  Object.assign(graph, { origin: facts['origin'], tenantId: facts['tenantId'] });
  await control('POST', '/faults', { auditLogLatencyMs: { min: 0, max: 0 } });
});
afterAll(async () => {
  await graphProcess?.stop();
  await bus?.stop();
});

const control = (method: string, path: string, body?: unknown) =>
  fetch(`${graph.origin}/_local${path}`, {
    method,
    headers: controlHeaders(graph),
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });

/** A group of the sample tenant whose members people choose. */
async function anyGroup(): Promise<string> {
  const lines = (await (await control('GET', '/export')).text()).trim().split('\n');
  const groups = lines.map(
    (line) => JSON.parse(line) as { type?: string; id?: string; groupTypes?: string[] },
  );
  const found = groups.find(({ type, groupTypes = [] }) => type === 'group' && groupTypes.length === 0);
  if (found?.id === undefined) throw new Error('the sample tenant has no assigned group');
  return found.id;
}

it('streams who joined and who came into a group, in the form that the app reads', async () => {
  const { connectionString } = bus;
  const eventHub = 'entra-audit-log';
  expect((await control('POST', '/audit-log', { connectionString, eventHub })).status).toBe(201);
  const group = await anyGroup();
  const newcomer = { userPrincipalName: 'audrey@contoso.example', memberOf: [group] };
  const { users } = (await (await control('POST', '/users', [newcomer])).json()) as {
    users: { id: string }[];
  };
  const id = users[0]?.id ?? '';

  const client = new EventHubConsumerClient(auditConsumerGroup, connectionString, eventHub);
  const bodies: unknown[] = [];
  const subscription = client.subscribe(
    {
      processEvents: async (events) => void bodies.push(...events.map(({ body }) => body as unknown)),
      processError: async () => undefined,
    },
    { startPosition: earliestEventPosition },
  );
  const { changes, odd } = await waitUntil('both records have come', async () => {
    const read = readAuditRecords(bodies, graph.tenantId);
    return read.changes.length >= 2 && read;
  });
  await subscription.close();
  await client.close();

  expect(changes.map(({ users: named, groups }) => ({ users: named, groups }))).toEqual([
    { users: [id], groups: [] },
    { users: [id], groups: [group] },
  ]);
  expect([...odd]).toEqual([]);
  expect((await control('DELETE', '/audit-log')).status).toBe(200);
  expect((await control('DELETE', '/audit-log')).status).toBe(404);
});

it.each([
  [{ connectionString: 'Endpoint=sb://x.servicebus.windows.net/;SharedAccessKey=k', eventHub: 'h' }],
  [{ connectionString: 'Endpoint=sb://127.0.0.1:1' }],
  [{}],
])('sends nowhere but to a hub of this machine: %j', async (hub) => {
  expect((await control('POST', '/audit-log', hub)).status).toBe(400);
});
