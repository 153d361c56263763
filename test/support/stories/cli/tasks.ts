import { describe, expect, it } from '@jest/globals';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { toUserId } from '../../../../shared/kernel/ids';
import { waitUntilQuiet } from '../../judge-joiner';
import { waitUntil } from '../../wait-until';
import type { CliWorld } from './cli-world';

// Real ids: https://learn.microsoft.com/entra/identity/users/licensing-service-plan-reference
const ems = 'efccb6f7-5641-4e0e-bd10-b4976e1bf68e';
const intune = 'c1ec4a95-1f05-45b3-a911-aa3fa01094f5';
const rightsManagement = '6c57d4b6-3b23-47a5-9bc9-69f17b4947b3';
/** A busy machine may need longer than the minute that is the default. */
const wait = ['--wait', '--timeout', '240'];

/** What an administrator does with the CLI, judged by Graph’s write log. */
export function describeAdministratorTasks(world: CliWorld): void {
  const { licenser, json, writesOf, untilOutcome } = world;

  const editedPolicy = () => {
    const file = join(world.folder, 'edited.yaml');
    const rule = `{ name: edited, memberOf: [SG-Engineering], assign: [{ sku: POWER_BI_PRO }] }`;
    writeFileSync(file, `version: 1\nusageLocation: { from: country, default: NL }\nrules: [${rule}]\n`);
    return file;
  };
  /** By following the groups inside it, not by the call that the product makes. */
  const enabledMembersOf = async (name: string): Promise<string[]> => {
    const filter = encodeURIComponent(`displayName eq '${name}'`);
    const { body } = await world.test.graph('GET', `/groups?$filter=${filter}&$select=id,displayName`);
    const [group] = body['value'] as { id: string }[];
    const members = await world.test.graph(
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
        const details = await world.test.graph('GET', `/users/${id}/licenseDetails`);
        const held = (details.body['value'] as { skuPartNumber: string }[]).map((one) => one.skuPartNumber);
        expect(held).toContain('AAD_PREMIUM');
        const [write, ...more] = (await writesOf(id)).filter(({ kind }) => kind === 'assignLicense');
        expect(more).toEqual([]);
        expect(write?.remove).toEqual([]);
      }
    });

    it('plans a security group and writes nothing, then explains one of its members', async () => {
      // What the group of the test before is still given is no doing of the plan.
      await waitUntilQuiet(world.test);
      const seq = (await world.test.control.writeLog(0)).length;
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
      expect((await world.test.control.writeLog(0)).length).toBe(seq);
    });

    it('applies a CSV file of an admin center, and says who is not in the tenant', async () => {
      const users = await world.test.bring(
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
      const csv = join(world.folder, 'users.csv');
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
        const { body } = await world.test.graph('GET', `/users/${id}?$select=department`);
        expect(body['department']).toBe(to);
      }
      for (const { id, outcome } of wave.leavers) {
        expect(outcome).not.toBeNull();
        // The command waits 15 s for a change that leaves a row as it was; a busy machine may decide later.
        await waitUntil(`${id} is decided anew`, async () => {
          const { state } = await world.test.stores.users.read(toUserId(id));
          return state?.outcome !== 'licensed';
        });
      }
    });
  });
}
