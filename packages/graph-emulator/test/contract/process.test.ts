import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, statSync } from 'node:fs';
import { createServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { seededRandom } from '../../../emulator-kit/src/random';
import { openDataFile } from '../../src/data/open-data-file';
import { makeTenant } from '../../src/tenant/make-tenant';
import type { WriteLogEntry } from '../../src/engine/history/write-log';
import type { EmbeddedGraph, Json } from '../support/embedded-graph';
import { add, fromLink, startEmbeddedGraph, testNow } from '../support/embedded-graph';

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'graph-'));
});
afterAll(() => rmSync(folder, { recursive: true }));

describe('a data file', () => {
  const open = (path: string) =>
    startEmbeddedGraph({
      ...openDataFile(path, () => [...makeTenant({ users: 60, seed: 7 })]),
      random: seededRandom(2),
      clientId: 'same',
      clientSecret: 'same',
    });

  it('brings back users, licenses, groups, delta tokens and the write log after a process that was killed', async () => {
    const path = join(folder, 'data.ndjson');
    const first = await open(path);
    const id = first.newUser();
    const gone = first.newUser();
    const { body } = await first.call('GET', '/users/delta?$select=department&$deltatoken=latest');
    await first.call('POST', `/users/${id}/assignLicense`, add('EMS'));
    const group = first.engine.tenant.groupOrder[0]?.id ?? '';
    await first.call('POST', `/groups/${group}/members/$ref`, {
      '@odata.id': `https://graph.microsoft.com/v1.0/users/${id}`,
    });
    await first.call('PATCH', `/users/${id}`, { department: 'Moved' });
    await first.call('DELETE', `/users/${gone}`);
    await first.call('DELETE', `/directory/deletedItems/${gone}`);
    const ems = [...first.engine.tenant.skus.values()].map(({ consumedUnits }) => consumedUnits);
    // Not told to end: what is in the file is all there is.
    const second = await open(path);

    const user = await second.call('GET', `/users/${id}?$select=department,assignedLicenses`);
    const delta = await second.call('GET', fromLink(String(body['@odata.deltaLink'])));
    const log = await second.local('GET', '/write-log');
    expect(user.body).toMatchObject({ department: 'Moved', assignedLicenses: [{ disabledPlans: [] }] });
    expect(second.engine.tenant.groups.get(group)?.memberIds.has(id)).toBe(true);
    expect((await second.call('GET', `/directory/deletedItems/${gone}`)).status).toBe(404);
    expect([...second.engine.tenant.skus.values()].map(({ consumedUnits }) => consumedUnits)).toEqual(ems);
    expect(delta.body.value).toEqual(
      expect.arrayContaining([
        { id, department: 'Moved' },
        { id: gone, '@removed': { reason: 'deleted' } },
      ]),
    );
    expect(log.body.entries[0]).toMatchObject({
      seq: 1,
      userId: id,
      kind: 'assignLicense',
      effective: true,
      answered: true,
    });
    expect(second.engine.clock.now()).toBeGreaterThanOrEqual(testNow);
    await Promise.all([first.stop(), second.stop()]);
  });
});

describe('a data file (what was still to come)', () => {
  it('brings back settings and the audit log, and takes up what services and groups had still to do', async () => {
    const path = join(folder, 'pending.ndjson');
    const open = () =>
      startEmbeddedGraph({
        ...openDataFile(path, () => [...makeTenant({ users: 60, seed: 7 })]),
        random: seededRandom(2),
        clientId: 'same',
        clientSecret: 'same',
      });
    const first = await open();
    const licensed = first.engine.tenant.groupOrder.find(({ licenses }) => licenses.length > 0);
    await first.local('POST', '/faults', { deltaPageSize: 7 });
    const id = first.newUser();
    await first.call('POST', `/users/${id}/assignLicense`, add('EMS'));
    const member = first.newUser({}, { memberOf: [licensed?.id ?? ''] });
    expect(first.engine.tenant.users.get(member)?.version.inherited).toEqual([]);
    // Killed before any of it came about.
    const second = await open();

    const { body: audit } = await second.call('GET', '/auditLogs/directoryAudits?$top=999');
    const before = second.engine.changes.lastSeq;
    second.engine.clock.advance(5_000);
    const echoes = Array.from({ length: second.engine.changes.lastSeq - before }, (_, index) =>
      second.engine.changes.at(before + index + 1),
    );
    await Promise.all([first.stop(), second.stop()]);

    expect(second.engine.settings.deltaPageSize).toBe(7);
    expect(second.engine.tenant.users.get(member)?.version.inherited).not.toEqual([]);
    expect(echoes.map((change) => change?.id)).toContain(id);
    expect(
      (audit.value as Json[]).some(
        (event: { activityDisplayName: string; targetResources: { id: string }[] }) =>
          event.activityDisplayName === 'Change user license' && event.targetResources[0]?.id === id,
      ),
    ).toBe(true);
  });
});

describe('a data file that was written for long', () => {
  const open = (path: string, kept?: number) =>
    startEmbeddedGraph({
      ...openDataFile(path, () => [...makeTenant({ users: 60, seed: 7 })], kept),
      random: seededRandom(2),
      clientId: 'same',
      clientSecret: 'same',
    });

  const logOf = async (graph: EmbeddedGraph, after = 0) =>
    (await graph.local('GET', `/write-log?after=${after}`)).body.entries as WriteLogEntry[];

  it('keeps the newest writes and audit events, with their numbers', async () => {
    const path = join(folder, 'history.ndjson');
    const first = await open(path);
    const ids = Array.from({ length: 9 }, () => first.newUser());
    for (const id of ids) await first.call('PATCH', `/users/${id}`, { department: 'Moved' });
    const before = await logOf(first);
    await first.stop();
    const size = statSync(path).size;

    // The file has 9 of each; more than twice as many as stay are cut while it is read.
    const second = await open(path, 3);
    const log = await logOf(second);
    const after = await logOf(second, 8);
    await second.call('PATCH', `/users/${ids[0] ?? ''}`, { department: 'Back' });
    const { body: state } = await second.local('GET', '/state');
    await second.stop();
    const third = await open(path, 3);
    const again = await logOf(third);
    const { body: audit } = await third.call('GET', '/auditLogs/directoryAudits?$top=999');
    await third.stop();

    expect(before).toHaveLength(9);
    expect(log).toEqual(before.slice(6));
    expect(after).toEqual(before.slice(8));
    expect(state.lastWrite).toBe(10);
    expect(again.map(({ seq, answered }) => [seq, answered])).toEqual([
      [8, true],
      [9, true],
      [10, true],
    ]);
    expect(audit.value).toHaveLength(3);
    expect(statSync(path).size).toBeLessThan(size);
  });
});

describe('a data file of many changes', () => {
  it('keeps the newest of them: a delta position from before is answered as one that is too old', async () => {
    const path = join(folder, 'changes.ndjson');
    const open = () =>
      startEmbeddedGraph({
        ...openDataFile(path, () => [...makeTenant({ users: 60, seed: 7 })], 3),
        random: seededRandom(2),
        clientId: 'same',
        clientSecret: 'same',
      });
    const link = async (graph: EmbeddedGraph) =>
      fromLink(
        String(
          (await graph.call('GET', '/users/delta?$select=department&$deltatoken=latest')).body[
            '@odata.deltaLink'
          ],
        ),
      );
    const first = await open();
    const old = await link(first);
    const ids = Array.from({ length: 9 }, () => first.newUser());
    const known = await link(first);
    await first.call('PATCH', `/users/${ids[0] ?? ''}`, { department: 'Moved' });
    const last = first.engine.changes.lastSeq;
    await first.stop();
    const second = await open();

    const lost = await second.call('GET', old);
    const told = await second.call('GET', known);
    const numbers = [second.engine.changes.lastSeq, second.engine.changes.droppedSeq];
    await second.stop();

    expect([lost.status, lost.body.error.code]).toEqual([410, 'syncStateNotFound']);
    expect([told.status, (told.body.value as { id: string }[]).map(({ id }) => id)]).toEqual([200, [ids[0]]]);
    expect(numbers).toEqual([last, last - 3]);
  });
});

describe('the process', () => {
  const entry = join(__dirname, '..', '..', 'dist', 'graph-emulator', 'src', 'main.js');
  let child: ChildProcess | undefined;
  afterEach(() => {
    child?.kill('SIGKILL');
  });

  it('tells its parent where it serves, with the client that the environment names, and ends with it', async () => {
    child = spawn(process.execPath, [entry, '--port', '0', '--quota-factor', '3'], {
      stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
      env: { ...process.env, LOCAL_GRAPH_CLIENT_ID: 'client', LOCAL_GRAPH_CLIENT_SECRET: 'hush' },
    });
    const [ready] = (await once(child, 'message')) as [Record<string, string>];

    const token = await fetch(ready.tokenUrl ?? '', {
      method: 'POST',
      body: new URLSearchParams({
        grant_type: 'client_credentials',
        client_id: 'client',
        client_secret: 'hush',
        scope: '.default',
      }),
    });
    const faults = (await (await fetch(`${ready.origin}/_local/faults`)).json()) as { quotaFactor: number };
    child.disconnect();
    const [code] = (await once(child, 'exit')) as [number];

    expect(token.status).toBe(200);
    expect(faults.quotaFactor).toBe(3);
    expect(ready).toMatchObject({ type: 'ready', clientId: 'client', tenantId: expect.any(String) });
    expect(ready.clientSecret).toBeUndefined();
    expect(code).toBe(0);
  });

  it.each([
    [['--port', 'BUSY'], /in use/],
    [['--port', 'x'], /--port/],
    [['--tenant', join(tmpdir(), 'no-such-tenant')], /cannot be read/],
    [['--nonsense'], /nonsense/],
  ])('ends with exit code 2 for %j', async (args, message) => {
    const busy = createServer().listen(0, '127.0.0.1');
    await once(busy, 'listening');
    const port = String((busy.address() as AddressInfo).port);
    child = spawn(process.execPath, [entry, ...args.map((arg) => arg.replace('BUSY', port))], {
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    let text = '';
    child.stderr?.on('data', (chunk) => (text += String(chunk)));
    const [code] = (await once(child, 'close')) as [number];
    busy.close();

    expect(code).toBe(2);
    expect(text).toMatch(message);
  });
});
