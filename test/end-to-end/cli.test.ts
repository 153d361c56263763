import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { writeCloudFile } from '../../local/cloud-file';
import { toUserId } from '../../shared/kernel/ids';
import { waitUntilQuiet } from '../support/judge-joiner';
import { startTestCloud } from '../support/local-cloud';
import type { TestCloud } from '../support/local-cloud';
import { callCli, runCli } from '../support/run-cli';
import { waitUntil } from '../support/wait-until';

// Real ids: https://learn.microsoft.com/entra/identity/users/licensing-service-plan-reference
const ems = 'efccb6f7-5641-4e0e-bd10-b4976e1bf68e';
const intune = 'c1ec4a95-1f05-45b3-a911-aa3fa01094f5';
const rightsManagement = '6c57d4b6-3b23-47a5-9bc9-69f17b4947b3';
const visio = 'c5928f49-12ba-48f7-ada3-0d743a3601d5';

/** A busy machine may need longer than the minute that is the default. */
const wait = ['--wait', '--timeout', '240'];

const policy = `version: 1
mode: enforce
scope: { when: 'user.accountEnabled -eq true' }
usageLocation: { from: country }
rules:
  - name: sales-ems-without-intune
    when: 'user.department -eq "Sales"'
    assign: [{ sku: EMS, disable: [INTUNE_A] }]
  - name: pilots
    memberOf: [SG-Engineering]
    assign: [{ sku: AAD_PREMIUM }]
adopt: [EMS]
`;

describe('the CLI on the embedded cloud', () => {
  let test: TestCloud;
  let folder: string;
  let cloudFile: string;

  const licenser = (...args: string[]) => callCli([...args, '--cloud-file', cloudFile]);
  /** As a shell runs it: exit code and streams of a process. */
  const asProcess = (...args: string[]) => runCli([...args, '--cloud-file', cloudFile]);
  /** A command that must succeed, its JSON. */
  const json = async <Answer>(...args: string[]): Promise<Answer> => {
    const { code, stdout, stderr } = await licenser(...args, '--json');
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    return JSON.parse(stdout) as Answer;
  };
  const editedPolicy = () => {
    const file = join(folder, 'edited.yaml');
    const rule = `{ name: edited, memberOf: [SG-Engineering], assign: [{ sku: POWER_BI_PRO }] }`;
    writeFileSync(file, `version: 1\nusageLocation: { from: country, default: NL }\nrules: [${rule}]\n`);
    return file;
  };
  const writesOf = async (userId: string) =>
    (await test.control.writeLog(0)).filter((entry) => entry.userId === userId);
  const untilOutcome = (userId: string, outcome: string) =>
    waitUntil(`${userId} is ${outcome}`, async () => {
      const { state } = await test.stores.users.read(toUserId(userId));
      return state?.outcome === outcome;
    });

  /** By following the groups inside it, not by the call that the product makes. */
  const enabledMembersOf = async (name: string): Promise<string[]> => {
    const filter = encodeURIComponent(`displayName eq '${name}'`);
    const { body } = await test.graph('GET', `/groups?$filter=${filter}&$select=id,displayName`);
    const [group] = body['value'] as { id: string }[];
    const members = await test.graph(
      'GET',
      `/groups/${group?.id ?? ''}/members?$select=id,displayName,accountEnabled&$top=999`,
    );
    const found: string[] = [];
    for (const member of members.body['value'] as Record<string, unknown>[]) {
      const isGroup = member['@odata.type'] === '#microsoft.graph.group';
      if (isGroup) found.push(...(await enabledMembersOf(String(member['displayName']))));
      else if (member['accountEnabled'] === true) found.push(String(member['id']));
    }
    return [...new Set(found)];
  };

  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'licenser-cli-'));
    cloudFile = join(folder, 'local.json');
    const policyFile = join(folder, 'policy.yaml');
    writeFileSync(policyFile, policy);
    test = await startTestCloud({
      policy: policyFile,
      settings: { LICENSER_DELTA_SCHEDULE: '*/1 * * * * *' },
    });
    writeCloudFile(cloudFile, test.cloud.file);
  });
  afterAll(async () => {
    await test?.stop();
    rmSync(folder, { recursive: true, force: true });
  });

  describe('sku plans', () => {
    it('lists the seven plans of EMS with their status', async () => {
      const { code, stdout } = await asProcess('sku', 'plans', 'EMS');

      expect(code).toBe(0);
      const names =
        'AAD_PREMIUM RMS_S_PREMIUM ADALLOM_S_DISCOVERY EXCHANGE_S_FOUNDATION RMS_S_ENTERPRISE MFA_PREMIUM INTUNE_A';
      for (const name of names.split(' ')) expect(stdout).toMatch(new RegExp(`^${name} .*Success`, 'm'));
      const { plans } = await json<{ plans: { servicePlanId: string }[] }>('sku', 'plans', ems);
      expect(plans).toHaveLength(7);
      expect(plans.map(({ servicePlanId }) => servicePlanId)).toContain(intune);
    });

    it('names the SKU that was probably meant', async () => {
      const { code, stderr, stdout } = await asProcess('sku', 'plans', 'EMSS');

      expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
      expect(stderr).toContain('Did you mean EMS?');
    });

    it('explains a subscription whose licenses cannot be assigned', async () => {
      await fetch(`${test.cloud.file.graph.origin}/_local/skus/${visio}`, {
        method: 'PATCH',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ capabilityStatus: 'Suspended' }),
      });

      const list = await licenser('sku', 'list');
      const plans = await licenser('sku', 'plans', 'VISIOCLIENT');

      expect(list.stdout).toMatch(/^VISIOCLIENT +Suspended .* no$/m);
      expect(list.stdout).toMatch(/^VISIOCLIENT: The subscription is suspended[^:]*: renew it/m);
      expect(plans.stdout).toMatch(/^not for users +The subscription is suspended/m);
    });
  });

  describe('rule explain', () => {
    const rule = 'user.department -eq "Sales" -and user.city -eq null';

    it('reads a user from the tenant, with what the rule looks at', async () => {
      const { body } = await test.graph('GET', '/users?$select=id,userPrincipalName,department,city&$top=1');
      const [user] = body['value'] as Record<string, string | null>[];
      const byId = ['rule', 'explain', rule, '--user', user?.['id'] ?? '', '--target', 'local'];
      const byName = ['rule', 'explain', rule, '--user', user?.['userPrincipalName'] ?? ''];

      const answers = [await json(...byId), await json(...byName)];

      const parts = [{ value: user?.['department'] }, { value: user?.['city'] }];
      expect(answers).toMatchObject([{ explanation: { parts } }, { explanation: { parts } }]);
    });

    it('says that the tenant does not know a user', async () => {
      const { code, stdout, stderr } = await licenser(
        'rule',
        'explain',
        rule,
        '--user',
        'missing@contoso.com',
      );

      expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
      expect(stderr).toContain('The tenant has no user missing@contoso.com');
    });
  });

  it('explains the SKUs of the sample tenant that no user can be given', async () => {
    const list = await licenser('sku', 'list');
    const plans = await licenser('sku', 'plans', 'SHAREPOINTSTORAGE');

    expect(list.stdout).toMatch(/^SHAREPOINTSTORAGE +Enabled .* no$/m);
    expect(list.stdout).toMatch(/^SHAREPOINTSTORAGE: It belongs to the organization as a whole/m);
    expect(list.stdout).toMatch(/^EXCHANGESTANDARD +Suspended .* no$/m);
    expect(list.stdout).toMatch(/^EXCHANGESTANDARD: The subscription is suspended/m);
    expect(plans.stdout).toMatch(/^not for users +It belongs to the organization/m);
  });

  describe('the tasks of an administrator', () => {
    it('creates a user in Sales who gets EMS without INTUNE_A, and shows it', async () => {
      const created = await json<{ id: string; userPrincipalName: string; outcome: string }>(
        ...['local', 'user', 'create', '--department', 'Sales', '--name', 'Ann Bakker', ...wait],
      );

      expect(created).toMatchObject({ outcome: 'licensed' });
      expect(created.userPrincipalName).toMatch(/^ann\.bakker@/);
      const [location, license, ...more] = await writesOf(created.id);
      expect(more).toEqual([]);
      expect(location).toMatchObject({ kind: 'usageLocation', usageLocation: 'NL', status: 204 });
      expect(license).toMatchObject({
        kind: 'assignLicense',
        status: 200,
        add: [{ skuId: ems, disabledPlans: [intune] }],
        remove: [],
      });
      const { stdout } = await licenser('user', 'show', created.userPrincipalName);
      expect(stdout).toMatch(/^outcome +licensed$/m);
      expect(stdout).toMatch(/\(rule\s+"sales-ems-without-intune"\)/);
      expect(stdout).toMatch(/^ +INTUNE_A +Disabled +the policy$/m);
      expect(stdout).toMatch(/^ +AAD_PREMIUM +Success$/m);
      const history = await json<{ entries: { step: string }[] }>('user', 'history', created.id);
      // Verified is half a minute later, which a slow machine may reach before it reads this.
      const steps = history.entries.map(({ step }) => step).filter((step) => step !== 'verified');
      expect(steps).toEqual(['seen', 'decided', 'intended', 'written']);
    });

    it('switches INTUNE_A off for a user who has EMS by hand: one call, the other plan stays off', async () => {
      const { id, outcome } = await json<{ id: string; outcome: string }>(
        ...['local', 'user', 'create', '--department', 'Sales', '--name', 'Piet Hand'],
        ...['--usage-location', 'NL', '--with', 'EMS:RMS_S_PREMIUM', ...wait],
      );

      expect(outcome).toBe('licensed');
      const [write, ...more] = await writesOf(id);
      expect(more).toEqual([]);
      expect(write).toMatchObject({ kind: 'assignLicense', status: 200, effective: true, remove: [] });
      expect(write?.add?.map(({ skuId }) => skuId)).toEqual([ems]);
      expect([...(write?.add?.[0]?.disabledPlans ?? [])].sort()).toEqual([rightsManagement, intune].sort());
      const { stdout } = await licenser('user', 'show', id);
      expect(stdout).toMatch(/^ +INTUNE_A +Disabled +the policy$/m);
      expect(stdout).toMatch(/^ +RMS_S_PREMIUM +Disabled +other$/m);
      expect(stdout).toContain('adopted: it was assigned by hand before');
    });

    it('applies the policy to a whole security group, nested groups included', async () => {
      const people = await enabledMembersOf('SG-Engineering');
      expect(people.length).toBeGreaterThan(50);

      const queued = await json<{ queued: number; users: string[]; crowd: boolean }>(
        ...['apply', '--group', 'SG-Engineering'],
      );

      expect(queued.crowd).toBe(true);
      expect(queued.users).toEqual(expect.arrayContaining(people));
      for (const id of people) {
        await untilOutcome(id, 'licensed');
        const details = await test.graph('GET', `/users/${id}/licenseDetails`);
        const held = (details.body['value'] as { skuPartNumber: string }[]).map((one) => one.skuPartNumber);
        expect(held).toContain('AAD_PREMIUM');
        const [write, ...more] = (await writesOf(id)).filter(({ kind }) => kind === 'assignLicense');
        expect(more).toEqual([]);
        expect(write?.remove).toEqual([]);
      }
    });

    it('plans a security group and writes nothing, then explains one of its members', async () => {
      const seq = (await test.control.writeLog(0)).length;
      const plan = await json<{
        users: number;
        policyHash: string;
        lines: { userPrincipalName: string; gains: string[] }[];
      }>('plan', '--group', 'SG-Engineering', '--policy', editedPolicy());
      const gaining = plan.lines.find((line) => line.gains.includes('POWER_BI_PRO'));
      const name = gaining?.userPrincipalName ?? '';
      const explained = await licenser('explain', name, '--policy', editedPolicy());
      const csv = await licenser('plan', '--user', name, '--csv', '--policy', editedPolicy());
      const screen = await licenser('plan', '--group', 'SG-Engineering', '--policy', editedPolicy());

      expect(plan.users).toBeGreaterThan(2);
      expect(explained.stdout).toContain('POWER_BI_PRO is assigned (rule "edited").');
      expect(explained.stdout).toMatch(/^ {2}true +member of SG-Engineering/m);
      expect(csv.stdout.split('\r\n')[1]).toContain(`${name},licensed,POWER_BI_PRO`);
      expect(screen.stdout).toContain(`policy     ${plan.policyHash}`);
      expect(screen.stderr).toBe('');
      expect((await test.control.writeLog(0)).length).toBe(seq);
    });

    it('applies a CSV file of an admin center, and says who is not in the tenant', async () => {
      const users = await test.bring(
        ['Carla', 'Chen'].map((name) => ({
          userPrincipalName: `${name}@contoso.com`,
          mailNickname: name,
          displayName: name,
          accountEnabled: true,
          userType: 'Member',
          department: 'Sales',
          country: 'NL',
        })),
      );
      const csv = join(folder, 'users.csv');
      writeFileSync(
        csv,
        `\ufeffDisplay name;User principal name\r\n"Carla; the first";Carla@contoso.com\r\nChen;Chen@contoso.com\r\nMissing;missing@contoso.com\r\n`,
      );

      const { code, stdout, stderr } = await licenser('apply', '--file', csv);

      expect(code).toBe(1);
      expect(stdout).toContain('Queued 2 users.');
      expect(stderr).toContain('the tenant has no user missing@contoso.com');
      for (const { id } of users) await untilOutcome(id, 'licensed');
    });

    it('brings a directory sync and follows it to its end', async () => {
      const followed = await json<{ users: { outcome: string | null }[]; settled: boolean }>(
        ...['local', 'sync', '--users', '12', '--seed', '3', '--follow'],
      );

      expect(followed.settled).toBe(true);
      expect(followed.users).toHaveLength(12);
      expect(followed.users.every(({ outcome }) => outcome !== null)).toBe(true);
    });

    it('brings movers and leavers too, each decided anew', async () => {
      type Person = { id: string; outcome: string | null };
      const wave = await json<{
        users: Person[];
        movers: (Person & { from: string; to: string })[];
        leavers: Person[];
        settled: boolean;
      }>(...['local', 'sync', '--users', '20', '--seed', '4', '--leavers', '3', '--follow']);

      expect(wave.settled).toBe(true);
      // One mover for ten joiners is the default.
      expect([wave.users.length, wave.movers.length, wave.leavers.length]).toEqual([20, 2, 3]);
      for (const { id, to } of wave.movers) {
        const { body } = await test.graph('GET', `/users/${id}?$select=department`);
        expect(body['department']).toBe(to);
      }
      for (const { id, outcome } of wave.leavers) {
        expect(outcome).not.toBeNull();
        // The command waits 15 s for a change that leaves a row as it was; a busy machine may decide later.
        await waitUntil(`${id} is decided anew`, async () => {
          const { state } = await test.stores.users.read(toUserId(id));
          return state?.outcome !== 'licensed';
        });
      }
    });
  });

  describe('what runs', () => {
    it('says where every process listens, and no secret', async () => {
      const { code, stdout } = await licenser('local', 'status');
      const machine = await licenser('local', 'status', '--json');

      expect(code).toBe(0);
      for (const name of ['functions', 'graph', 'service bus', 'tables'])
        expect(stdout).toContain(`${name} `);
      const { graph, tables, functions, serviceBus } = test.cloud.file;
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
      const { code, stderr } = await runCli(['sku', 'list', '--cloud-file', join(folder, 'none.json')]);

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
      await test.runFunction('graph-subscription');
      await waitUntil('the subscription exists', async () => {
        const { body } = await test.graph('GET', '/subscriptions');
        return (body['value'] as unknown[]).length === 1;
      });

      const { code, stdout } = await asProcess('doctor');

      expect(stdout).not.toMatch(/^fail/m);
      expect(code).toBe(0);
      expect(stdout).toMatch(/^ok +queues +3 queues with the expected settings$/m);
      expect(stdout).toMatch(/^ok +graph permission +LicenseAssignment\.ReadWrite\.All/m);
      expect(stdout).toMatch(/^ok +subscription +until 20/m);
    });

    it('checks the names of a policy against the tenant', async () => {
      const typo = join(folder, 'typo.yaml');
      writeFileSync(typo, policy.replace('sku: EMS,', 'sku: EMSS,'));

      const { code, stdout } = await licenser('policy', 'check', typo, '--target', 'local');

      expect(code).toBe(1);
      expect(stdout).toMatch(/typo\.yaml:8:\d+: error: The tenant has no SKU EMSS/);
    });

    it('shows what waits in the queues', async () => {
      const sender = test.serviceBus().createSender('directory-changes');
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
      await test.stores.failures.record(
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
      await waitUntilQuiet(test);
      await test.cloud.processes.functions.kill();
      const hint = { kind: 'look', user: { id: dead }, source: 'operator', seenAt: new Date().toISOString() };
      const client = test.serviceBus();
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
      const sender = test.serviceBus().createSender('license-changes');
      await sender.sendMessages({ body: { v: 1 }, sessionId: 'lane-1' });

      const queues = await json<{ queue: string; active: number; oldestAgeMs: number | null }[]>(
        ...['queue', 'status'],
      );

      const operations = queues.find(({ queue }) => queue === 'license-changes');
      expect(operations?.active).toBe(1);
      expect(operations?.oldestAgeMs).toBeGreaterThanOrEqual(0);
    });

    it('names the Graph permissions that are missing, and where to grant them', async () => {
      const { origin, clientId } = test.cloud.file.graph;
      await fetch(`${origin}/_local/clients/${clientId}`, {
        method: 'PATCH',
        headers: { 'content-type': 'application/json' },
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
});
