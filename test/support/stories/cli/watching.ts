import { describe, expect, it } from '@jest/globals';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { waitUntilQuiet } from '../../judge-joiner';
import { projectRoot } from '../../local-cloud';
import { runCli } from '../../run-cli';
import { waitUntil } from '../../wait-until';
import { policy } from './cli-world';
import type { CliWorld } from './cli-world';
import { controlHeaders } from '@auto-licenser/graph-emulator/client';

/** How many a namespace of the app has. */
function queuesOfTheApp(): number {
  const file = join(projectRoot, 'local', 'service-bus.config.json');
  const { UserConfig } = JSON.parse(readFileSync(file, 'utf8')) as {
    UserConfig: { Namespaces: { Queues: unknown[] }[] };
  };
  return UserConfig.Namespaces.reduce((sum, { Queues }) => sum + Queues.length, 0);
}

/** What an operator sees of a cloud that runs, and of one that does not. The last tests end its functions host. */
export function describeWatching(world: CliWorld): void {
  const { licenser, asProcess, json } = world;

  describe('what runs', () => {
    it('says where every process listens, and no secret', async () => {
      const { code, stdout } = await licenser('local', 'status');
      const machine = await licenser('local', 'status', '--json');

      expect(code).toBe(0);
      for (const name of ['functions', 'graph', 'service bus', 'tables'])
        expect(stdout).toContain(`${name} `);
      const { graph, tables, functions, serviceBus } = world.test.cloud.file;
      const secrets = [
        graph.clientSecret,
        tables.accountKey,
        functions.masterKey,
        functions.functionKey,
        functions.clientState,
        serviceBus.connectionString,
      ];
      for (const secret of secrets) expect(stdout + machine.stdout).not.toContain(secret);
    });

    it('says what to do when no cloud runs', async () => {
      const { code, stderr } = await runCli(['sku', 'list', '--cloud-file', join(world.folder, 'none.json')]);

      expect(code).toBe(2);
      expect(stderr).toContain('npm start');
      expect(stderr).toContain('--target azure');
    });

    it('queues no user of a deployed app without the settings of its ops API', async () => {
      const { code, stderr } = await licenser('apply', '--user', 'ann@contoso.com', '--target', 'azure');

      expect(code).toBe(2);
      expect(stderr).toContain('LICENSER_OPS_URL');
    });
  });

  describe('what the operator watches', () => {
    it('finds everything in place', async () => {
      await world.test.runFunction('graph-subscription');
      await waitUntil('the subscription exists', async () => {
        const { body } = await world.test.graph('GET', '/subscriptions');
        return (body['value'] as { resource: string }[]).some(({ resource }) => resource === 'users');
      });

      const { code, stdout } = await asProcess('doctor');

      expect(stdout).not.toMatch(/^fail/m);
      expect(code).toBe(0);
      expect(stdout).toMatch(
        new RegExp(`^ok +queues +${String(queuesOfTheApp())} queues with the expected settings$`, 'm'),
      );
      expect(stdout).toMatch(/^ok +graph permission +LicenseAssignment\.ReadWrite\.All/m);
      expect(stdout).toMatch(/^ok +subscription +until 20/m);
    });

    it('checks the names of a policy against the tenant', async () => {
      const typo = join(world.folder, 'typo.yaml');
      writeFileSync(typo, policy.replace('sku: EMS,', 'sku: EMSS,'));

      const { code, stdout } = await licenser('policy', 'check', typo, '--target', 'local');

      expect(code).toBe(1);
      expect(stdout).toMatch(/typo\.yaml:8:\d+: error: The tenant has no SKU EMSS/);
    });

    it('warns of an extension property that no user has under the name in the policy', async () => {
      const extension = 'extension_0123456789abcdef0123456789abcdef_costCenter';
      const file = join(world.folder, 'extension.yaml');
      const when = `when: 'user.${extension} -eq "7"'`;
      writeFileSync(file, `version: 1\nrules:\n  - name: one\n    ${when}\n    assign: [{ sku: EMS }]\n`);

      const { code, stdout } = await licenser('policy', 'check', file, '--target', 'local');

      expect(code).toBe(0);
      expect(stdout).toMatch(/extension\.yaml:4:\d+: warning: No user of the first page has extension_/);
    });

    it('shows what waits in the queues', async () => {
      const sender = world.test.serviceBus().createSender('directory-changes');
      await sender.scheduleMessages({ body: { v: 1 } }, new Date(Date.now() + 3_600_000));

      const queues = await json<{ queue: string; scheduled: number; deadLettered: number }[]>(
        'queue',
        'status',
      );

      expect(queues.map(({ queue }) => queue)).toEqual([
        'directory-changes',
        'license-changes',
        'license-changes-bulk',
      ]);
      expect(queues[0]?.scheduled).toBeGreaterThanOrEqual(1);
      expect(queues.filter(({ deadLettered }) => deadLettered > 0)).toEqual([]);
    });

    it('shows failures and dead letters in one list, with whom they concern and what to do', async () => {
      const dead = '0f0f0f0f-1111-4222-8333-444444444444';
      await world.test.stores.failures.record(
        {
          subject: dead,
          class: 'permission',
          reason: { code: 'graph/permission', text: 'Insufficient privileges.' },
          suggestedRepair: 'Grant the app its Graph permissions.',
          facts: {},
        },
        Date.now(),
      );
      // What a killed host has in hand comes back into its queue, and would be counted.
      await waitUntilQuiet(world.test);
      await world.test.cloud.processes.functions.kill();
      const hint = { kind: 'look', user: { id: dead }, source: 'operator', seenAt: new Date().toISOString() };
      const client = world.test.serviceBus();
      await client.createSender('directory-changes').sendMessages({ body: { v: 1, hint, trace: {} } });
      const receiver = client.createReceiver('directory-changes');
      // A look that was due for another user may be in the queue as well; no other test here needs it.
      const message = await waitUntil('the hint arrives', async () => {
        const [one] = await receiver.receiveMessages(1, { maxWaitTimeInMs: 10_000 });
        if (
          one === undefined ||
          (one.body as { hint?: { user?: { id?: string } } }).hint?.user?.id === dead
        ) {
          return one;
        }
        await receiver.completeMessage(one);
        return undefined;
      });
      await receiver.deadLetterMessage(message, {
        deadLetterReason: 'MaxDeliveryCountExceeded',
        deadLetterErrorDescription: 'Too many tries.',
      });

      const failures = await json<Record<string, unknown>[]>('failure', 'list');
      const doctor = await licenser('doctor');
      const queues = await licenser('queue', 'status');

      expect(failures).toEqual(
        expect.arrayContaining([
          expect.objectContaining({ kind: 'failure', class: 'permission', userId: dead }),
          expect.objectContaining({
            kind: 'deadLetter',
            class: 'MaxDeliveryCountExceeded',
            queue: 'directory-changes',
            userId: dead,
            reason: 'Too many tries.',
          }),
        ]),
      );
      expect(queues.stdout).toMatch(/^directory-changes .* 1$/m);
      expect(doctor.code).toBe(1);
      expect(doctor.stdout).toMatch(/^fail +dead letters +1 message$/m);
      expect(doctor.stdout).toMatch(/^fail +failures +1 open$/m);
      const status = await licenser('local', 'status');
      expect(status.code).toBe(1);
      expect(status.stdout).toMatch(/^functions +fail/m);
    });

    it('names the age of the oldest message while no process takes it', async () => {
      const sender = world.test.serviceBus().createSender('license-changes');
      await sender.sendMessages({ body: { v: 1 }, sessionId: 'lane-1' });

      const queues = await json<{ queue: string; active: number; oldestAgeMs: number | null }[]>(
        ...['queue', 'status'],
      );

      const operations = queues.find(({ queue }) => queue === 'license-changes');
      expect(operations?.active).toBe(1);
      expect(operations?.oldestAgeMs).toBeGreaterThanOrEqual(0);
    });

    it('names the Graph permissions that are missing, and where to grant them', async () => {
      const { origin, clientId } = world.test.cloud.file.graph;
      await fetch(`${origin}/_local/clients/${clientId}`, {
        method: 'PATCH',
        headers: controlHeaders(world.test.cloud.file.graph),
        body: JSON.stringify({ roles: ['LicenseAssignment.Read.All', 'User.Read.All'] }),
      });

      const { code, stdout } = await licenser('doctor');

      expect(code).toBe(1);
      expect(stdout).toMatch(/^ok +graph permission +User\.Read\.All/m);
      expect(stdout).toMatch(/^fail +graph permission +GroupMember\.Read\.All is missing/m);
      expect(stdout).toMatch(/^fail +graph permission +LicenseAssignment\.ReadWrite\.All is missing/m);
      expect(stdout).toContain('docs/permissions.md');
    });
  });
}
