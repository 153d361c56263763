import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { RepairWorld } from '../support/repair-world';
import { repairPolicy, startRepairWorld } from '../support/repair-world';
import { waitUntil } from '../support/wait-until';

// Real ids: https://learn.microsoft.com/entra/identity/users/licensing-service-plan-reference
const intune = 'c1ec4a95-1f05-45b3-a911-aa3fa01094f5';
const visio = 'c5928f49-12ba-48f7-ada3-0d743a3601d5';

describe('repair and undo, judged by the write log', () => {
  let world: RepairWorld;
  beforeAll(async () => {
    world = await startRepairWorld();
  });
  afterAll(() => world?.stop());

  describe('undo', () => {
    it('survives its own echo, a look and a policy change; released, the policy’s state comes back', async () => {
      const id = await world.bringOne('Sales');
      await world.untilOutcome([id], 'licensed');
      const whenLicensed = new Date().toISOString();
      await world.change(id, { department: 'Finance' });
      await waitUntil('INTUNE_A is off', async () => (await world.heldBy(id))[0]?.off.length === 1);

      const undone = await world.json<{ next: { operation: string | null } }>(
        ...['undo', id, '--to', whenLicensed, '--why', 'moved by mistake'],
      );
      await waitUntil('INTUNE_A is on again', async () => (await world.heldBy(id))[0]?.off.length === 0);
      await world.untilOutcome([id], 'pinned');
      // Its echo by delta and notification, another look, a change of the user, a look of an operator.
      await world.change(id, { jobTitle: 'Analyst' });
      await world.licenser('apply', '--user', id);
      await waitUntil('decided again', async () => ((await world.stateOf(id))?.outcome ?? '') === 'pinned');
      const pinned = await world.writesOf(id);

      const policyFile = join(world.folder, 'candidate.yaml');
      writeFileSync(
        policyFile,
        repairPolicy('{ sku: EMS, disable: [MFA_PREMIUM] }').replace('INTUNE_A', 'RMS_S_PREMIUM'),
      );
      const activated = await world.licenser('policy', 'activate', policyFile, '--why', 'a test', '--json');
      expect(activated.code).toBe(0);
      await waitUntil('the policy is active', async () => {
        const rollouts = await world.json<{ state: string }[]>('rollout', 'list');
        return rollouts.length > 0 && rollouts.every(({ state }) => state === 'done');
      });
      await world.licenser('apply', '--user', id);
      const afterPolicy = await world.writesOf(id);

      const released = await world.json<{ next: { operation: string } }>('undo', '--release', id);
      await waitUntil(
        'the new policy is carried out',
        async () => (await world.heldBy(id))[0]?.off.length === 1,
      );

      expect(undone.next.operation).toBe('assign EMS');
      expect(pinned.map(({ off, remove, status }) => ({ off, remove, status }))).toEqual([
        { off: [], remove: [], status: 200 },
        { off: [intune], remove: [], status: 200 },
        { off: [], remove: [], status: 200 },
      ]);
      expect(afterPolicy).toEqual(pinned);
      expect(released.next.operation).toBe('assign EMS without RMS_S_PREMIUM');
      expect(await world.writesOf(id)).toHaveLength(4);
      const audit = await world.json<{ action: string; by: string; subject: string }[]>('audit', 'list');
      expect(audit).toEqual(
        expect.arrayContaining([
          expect.objectContaining({
            action: 'pin/undo',
            by: 'operator@licenser.local',
            subject: id,
            why: 'moved by mistake',
          }),
          expect.objectContaining({ action: 'pin/release', subject: id }),
        ]),
      );
    });

    it('refuses a time to come, and a user whose licenses were never ours', async () => {
      const id = await world.bringOne('Nowhere');
      await world.untilOutcome([id], 'nothing');

      const future = await world.licenser('undo', id, '--to', '2999-01-01');
      const nothing = await world.licenser('undo', id, '--to', '1h');
      const noUndo = await world.licenser('undo', '--release', id);

      expect([future.code, nothing.code, noUndo.code]).toEqual([2, 2, 2]);
      expect(future.stderr).toContain('still to come');
      expect(nothing.stderr).toContain('is ours');
      expect(noUndo.stderr).toContain('Nothing is undone');
    });
  });

  describe('exceptions by hand', () => {
    it('never touches a user until it is released', async () => {
      const id = await world.bringOne('Nowhere');
      await world.untilOutcome([id], 'nothing');
      await world.json('exception', 'set', id, '--never-touch', '--why', 'legal hold');
      await world.change(id, { department: 'Sales' });
      await world.untilOutcome([id], 'pinned');
      const during = await world.writesOf(id);

      const list = await world.licenser('exception', 'list');
      await world.json('exception', 'release', id);
      await world.untilOutcome([id], 'licensed');

      expect(during).toEqual([]);
      expect(list.stdout).toMatch(/never touch: nothing is written/);
      expect(await world.writesOf(id)).toHaveLength(1);
    });

    it('gives an extra license and takes it back when it ends, under removal: keep', async () => {
      const id = await world.bringOne('Nowhere');
      await world.untilOutcome([id], 'nothing');

      const grant = (until: string) =>
        world.json(
          ...['exception', 'grant', id, '--sku', 'VISIOCLIENT', '--until', until, '--why', 'a project'],
        );
      await grant('1h');
      await waitUntil('it is held', async () => (await world.heldBy(id)).length === 1);
      // Only now an end that comes: a slow machine would write after an end that was set at the beginning.
      await grant('5s');
      await waitUntil('it is gone', async () => (await world.heldBy(id)).length === 0);

      expect(await world.writesOf(id)).toEqual([
        { add: [visio], off: [], remove: [], status: 200 },
        { add: [], off: [], remove: [visio], status: 200 },
      ]);
    });
  });

  describe('pauses', () => {
    it('stop every write until they are lifted, and are shown', async () => {
      const paused = await world.json<{ isChanged: boolean }>(
        'queue',
        'pause',
        'apply',
        '--why',
        'looking into it',
      );
      const again = await world.json<{ isChanged: boolean }>('queue', 'pause', 'apply', '--why', 'me too');
      await new Promise((resolve) => setTimeout(resolve, 2_500));
      const id = await world.bringOne('Sales');
      await waitUntil('the user is parked', async () => (await world.stateOf(id))?.retry?.key === 'paused');
      const status = await world.licenser('queue', 'status');
      const doctor = await world.licenser('doctor');
      const during = await world.writesOf(id);

      const resumed = await world.json<{ isChanged: boolean }>('queue', 'resume', 'apply');
      await world.untilOutcome([id], 'licensed');

      expect([paused.isChanged, again.isChanged, resumed.isChanged]).toEqual([true, false, true]);
      expect(during).toEqual([]);
      expect(status.stdout).toMatch(/^apply .*looking into it$/m);
      expect(doctor.stdout).toMatch(/^warn +paused +apply since/m);
      expect(await world.writesOf(id)).toHaveLength(1);
    });

    it('that are older than a day are warned of wherever an operator looks', async () => {
      const day = 24 * 60 * 60_000;
      await world.test.stores.control.pause({
        scope: 'lane:3',
        origin: 'operator',
        reason: 'forgotten',
        by: 'bob',
        at: Date.now() - 2 * day,
        probedAt: null,
      });

      const screens = await Promise.all([
        world.licenser('queue', 'status'),
        world.licenser('failure', 'list'),
        world.licenser('doctor'),
        world.licenser('queue', 'watch', '--count', '1'),
      ]);
      await world.json('queue', 'resume', 'lane:3');

      for (const { stdout } of screens) expect(stdout).toContain('lane:3');
      expect(screens[0]?.stdout).toContain('Paused for 2.0 d');
      expect(screens[1]?.stdout).toContain('Paused for 2.0 d');
      expect(screens[2]?.stdout).toContain('more than a day');
      expect(screens[3]?.stdout).toContain('paused=lane:3(2.0d)');
    });
  });
});
