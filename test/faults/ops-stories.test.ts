import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { findLocalPerson } from '../../local/identity/people';
import { signInLocally } from '../../local/identity/sign-in';
import { timing } from '../../shared/kernel/timing';
import type { PlanLine } from '../../shared/ops-api/routes/plans';
import { startAzureCommands } from '../support/clouds/azure-commands';
import { ems, intune, policyText, startRolloutWorld } from '../support/rollout-world';
import type { RolloutWorld } from '../support/rollout-world';
import { waitUntil } from '../support/wait-until';
import { controlHeaders } from '@auto-licenser/graph-emulator/client';

const guards = 'guards: { maxReductions: { count: 25 } }\n';
/** EMS without INTUNE_A; a change that takes a plan from more than 25 users is held. */
const first = policyText(['INTUNE_A'], guards);
/** Slow enough for a pause to be in time: six writes a second, and a process learns of it up to five seconds late. */
const quotaFactor = 0.4;
const readOnly = ['LicenseAssignment.Read.All', 'User.Read.All', 'GroupMember.Read.All', 'Group.Read.All'];
/** ADALLOM_S_DISCOVERY: https://learn.microsoft.com/entra/identity/users/licensing-service-plan-reference */
const discovery = '932ad362-64a8-4783-9106-97849a1a30b9';
const idOf = (person: string) => findLocalPerson(person)?.id ?? '';

let world: RolloutWorld;
let people: Awaited<ReturnType<typeof startAzureCommands>>;
let folder: string;
/** Ends a second after it was made; what accepts it for a minute more is the allowance for clocks. */
let short: string;
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'ops-stories-'));
  world = await startRolloutWorld({
    policy: first,
    quotaFactor,
    settings: { LICENSER_APPROVAL: 'always' },
  });
  people = await startAzureCommands(world);
  short = (await signInLocally(world.cloud.file, 'operator', 1)).token;
  expect((await people.ask('operator', 'GET', '/pauses', undefined, { token: short })).status).toBe(200);
});
afterAll(async () => {
  await people?.close();
  await world?.stop();
  rmSync(folder, { recursive: true, force: true });
});

const write = (name: string, text: string) => {
  const file = join(folder, name);
  writeFileSync(file, text);
  return file;
};
type Activated = {
  rollout: { id: string; state: string; members: number; approvalReasons: { code: string }[] };
};
const activate = async (name: string, text: string) =>
  (await people.run<Activated>('operator', 'policy', 'activate', write(name, text), '--why', `CHG ${name}`))
    .answer.rollout;
const audited = async (action: string, subject: string) => {
  const found = [];
  for await (const entry of world.stores.audit.list({ action, subject })) found.push(entry);
  return found;
};
const plansOff = async (ids: readonly string[]) =>
  Object.fromEntries([...(await world.plansOff(ids))].map(([id, off]) => [id, off?.length ?? null]));
const allOf = (ids: readonly string[], off: number) => Object.fromEntries(ids.map((id) => [id, off]));
const writesPerUser = async (after: number) => {
  const counts = new Map<string, number>();
  for (const { userId } of await world.writesAfter(after))
    counts.set(userId ?? '', (counts.get(userId ?? '') ?? 0) + 1);
  return counts;
};
const staff: string[] = [];

describe('woken at night', () => {
  it('the permission was taken away: status says so; given back and tried now, all are licensed, once', async () => {
    const setRoles = async (roles: readonly string[]) => {
      const { origin, clientId } = world.cloud.file.graph;
      await fetch(`${origin}/_local/clients/${clientId}`, {
        method: 'PATCH',
        headers: controlHeaders(world.cloud.file.graph),
        body: JSON.stringify({ roles }),
      });
      // Rights are in the token, which the process keeps until it expires.
      await world.cloud.processes.functions.kill('SIGKILL');
      await world.cloud.processes.functions.restart();
    };
    const before = await world.lastSeq();
    await setRoles(readOnly);
    await waitUntil('the last success is no evidence any more', async () => {
      const last = (await world.stores.control.lastSuccess('apply')) ?? 0;
      return Date.now() - last > timing.pauses.successRecent.ms;
    });
    staff.push(...(await world.hire(20, 'night')));
    await waitUntil('writing is paused', async () => (await world.stores.control.pauses()).length > 0);

    const status = await people.run<{ verdict: string; causes: { code: string; todo: string }[] }>(
      'viewer',
      'status',
    );
    expect(status).toMatchObject({ code: 1, answer: { verdict: 'stopped' } });
    expect(status.answer.causes[0]).toMatchObject({ code: 'graph/refuses' });
    expect(await world.writesAfter(before)).toEqual([]);

    await setRoles([...readOnly, 'LicenseAssignment.ReadWrite.All', 'User.ReadWrite.All']);
    // Each parked user's next look tries what is written to them.
    const tried = await people.ask('operator', 'POST', '/pauses/try', {
      scope: 'apply',
      why: 'it was granted',
    });
    expect(tried.status).toBe(200);
    await waitUntil('all are licensed', () => world.licensed(staff), 200_000);

    expect(await plansOff(staff)).toEqual(allOf(staff, 1));
    expect(await writesPerUser(before)).toEqual(new Map(staff.map((id) => [id, 1])));
    expect(await world.stores.control.pauses()).toEqual([]);
    expect(await audited('pause/try', 'apply')).toMatchObject([{ byId: idOf('operator'), result: 'done' }]);
  });
});

describe('a typo that strips the tenant', () => {
  it('is held, looked at by a Viewer and cancelled; no user has lost anything', async () => {
    staff.push(...(await world.hire(100, 'day')));
    await waitUntil('all are licensed', () => world.licensed(staff), 200_000);
    const before = await world.lastSeq();
    const { active } = await world.stores.policies.pointer();

    const rollout = await activate(
      'typo.yaml',
      policyText(['INTUNE_A', 'AAD_PREMIUM', 'RMS_S_PREMIUM', 'ADALLOM_S_DISCOVERY'], guards),
    );
    expect(rollout).toMatchObject({ state: 'awaiting', members: staff.length });
    expect(rollout.approvalReasons.map(({ code }) => code)).toContain('guard/reductions');
    const looked = await people.run<{ users: { planned: string }[] }>(
      'viewer',
      ...['rollout', 'show', rollout.id, '--members', '--limit', '500'],
    );
    expect(looked.answer.users).toHaveLength(staff.length);
    expect(looked.answer.users[0]?.planned).toContain('AAD_PREMIUM');
    expect((await people.run('operator', 'rollout', 'cancel', rollout.id, '--why', 'a typo')).code).toBe(0);
    await world.ended(rollout.id);

    expect(await plansOff(staff)).toEqual(allOf(staff, 1));
    expect(await world.writesAfter(before)).toEqual([]);
    expect(await world.stores.policies.pointer()).toMatchObject({ active, candidate: null });
  });
});

describe('a change that takes two people', () => {
  it('the asker cannot approve, the second can; it is paused on its way and resumed, and all are as planned', async () => {
    const before = await world.lastSeq();
    const { id } = await activate('all-plans.yaml', policyText([], guards));
    const { candidate } = await world.stores.policies.pointer();
    const own = await people.ask('operator', 'POST', `/rollouts/${id}/approve`, { why: 'it is mine' });
    expect(own).toMatchObject({ status: 403, body: { needs: 'Approver' } });
    expect((await people.run('approver', 'rollout', 'approve', id, '--why', 'looked at it')).code).toBe(0);
    const written = async () => (await world.writesAfter(before)).length;
    // Early enough that some are left on any machine: a process learns of a pause up to five seconds late.
    await waitUntil('some are written', async () => (await written()) >= staff.length / 6, 200_000);

    const paused = await people.ask('operator', 'POST', `/rollouts/${id}/pause`, { why: 'lunch' });
    expect(paused.status).toBe(200);
    await waitUntil('none is on its way', async () => (await world.count(id)).queued === undefined, 200_000);
    expect(await written()).toBeLessThan(staff.length);
    expect((await people.run('operator', 'rollout', 'resume', id)).code).toBe(0);
    await world.ended(id, 200_000);

    expect(await plansOff(staff)).toEqual(allOf(staff, 0));
    expect(await writesPerUser(before)).toEqual(new Map(staff.map((one) => [one, 1])));
    expect([
      (await audited('rollout/approve', id))
        .filter(({ result }) => result === 'done')
        .map(({ byId }) => byId),
      (await audited('rollout/pause', id)).map(({ byId }) => byId),
      (await audited('policy/activate', candidate ?? '')).map(({ byId }) => byId),
    ]).toEqual([[idOf('approver')], [idOf('operator')], [idOf('operator')]]);
  });
});

describe('exceptions', () => {
  it('an undo and an executive outlast a census and a policy change; then both get what the policy says', async () => {
    const [undone = '', executive = ''] = staff;
    const others = staff.slice(2);
    // All of EMS, as the last change has left them.
    const then = new Date().toISOString();
    await world.ended((await approved('without-intune.yaml', policyText(['INTUNE_A']))).id, 200_000);
    expect(await plansOff(staff)).toEqual(allOf(staff, 1));
    const before = await world.lastSeq();

    const undo = await people.run('operator', 'undo', undone, '--to', then, '--why', 'needs INTUNE_A today');
    expect(undo.code).toBe(0);
    await waitUntil('it is undone', async () => (await plansOff([undone]))[undone] === 0);
    const frozen = await people.run(
      'operator',
      ...['exception', 'set', executive, '--never-touch', '--until', '2d', '--why', 'board member'],
    );
    expect(frozen.code).toBe(0);
    expect((await people.run('operator', 'census', 'start', '--why', 'to see')).code).toBe(0);
    await waitUntil('the census has passed', async () => {
      const { answer } = await people.run<{ state: string }>('viewer', 'census', 'status');
      return answer.state === 'done';
    });
    const next = policyText(['INTUNE_A', 'ADALLOM_S_DISCOVERY']);
    const plan = await planned(next);
    const lines = plan.filter(({ outcome }) => outcome !== 'pinned');
    const sinceActivation = (await world.control.writeLog(0)).at(-1)?.seq ?? 0;
    const { id: rollout } = await approved('discovery-off.yaml', next);
    const { candidate } = await world.stores.policies.pointer();
    await world.ended(rollout, 200_000);

    // Neither the census nor the policy has touched them.
    expect(await plansOff([undone, executive])).toEqual({ [undone]: 0, [executive]: 1 });
    expect(await plansOff(others)).toEqual(allOf(others, 2));
    // What the plan said was written, once each, and nothing else to any user.
    expect(new Set(lines.map(({ id }) => id))).toEqual(new Set(others));
    const spared = plan.filter(({ outcome }) => outcome === 'pinned');
    expect(new Set(spared.map(({ id }) => id))).toEqual(new Set([undone, executive]));
    expect(
      spared.flatMap(({ gains, loses, plansOn, plansOff: off }) => [gains, loses, plansOn, off].flat()),
    ).toEqual([]);
    expect(lines.map(({ gains, loses, plansOn, plansOff: off }) => [gains, loses, plansOn, off])).toEqual(
      lines.map(() => [[], [], [], [{ sku: 'EMS', plans: ['ADALLOM_S_DISCOVERY'] }]]),
    );
    const log = (await world.control.writeLog(sinceActivation)).filter(({ effective }) => effective);
    const asWritten = { kind: 'assignLicense', sku: ems, off: [discovery, intune].sort(), remove: [] };
    expect(log).toHaveLength(lines.length);
    expect(
      new Map(
        log.map(({ kind, userId, add = [], remove }) => [
          userId,
          add.map((one) => ({ kind, sku: one.skuId, off: [...one.disabledPlans].sort(), remove })),
        ]),
      ),
    ).toEqual(new Map(lines.map(({ id }) => [id, [asWritten]])));
    // Whose decisions these were: in the audit, and in the stories of those who were changed and of who was spared.
    const asked = (await audited('policy/activate', candidate ?? '')).at(0);
    const agreed = (await audited('rollout/approve', rollout)).find(({ result }) => result === 'done');
    expect([asked?.by, agreed?.by]).toEqual(['operator@licenser.local', 'approver@licenser.local']);
    expect((await storyOf(others[0] ?? '')).filter(({ step }) => step === 'written').at(-1)).toMatchObject({
      by: 'operator@licenser.local',
      approvedBy: 'approver@licenser.local',
      facts: { rollout },
    });
    expect((await storyOf(executive)).filter(({ step }) => step === 'pinned').at(-1)).toMatchObject({
      by: 'operator@licenser.local',
      approvedBy: null,
    });
    const writes = await writesPerUser(before);
    expect([writes.get(undone), writes.get(executive)]).toEqual([1, undefined]);

    expect((await people.run('operator', 'undo', undone, '--release', '--why', 'over')).code).toBe(0);
    const until = new Date(Date.now() + 20_000).toISOString();
    await people.run(
      'operator',
      ...['exception', 'set', executive, '--never-touch', '--until', until, '--why', 'until today'],
    );
    await waitUntil('both have what the policy says', async () => {
      const off = await plansOff([undone, executive]);
      return off[undone] === 2 && off[executive] === 2;
    });
    expect((await writesPerUser(before)).get(executive)).toBe(1);
    expect((await world.writesAfter(before)).find(({ userId }) => userId === executive)?.at).toBeGreaterThan(
      Date.parse(until),
    );
  });
});

describe('a session that ends while a reason is typed', () => {
  it('the action is refused, and after the next sign-in done once under the same key, with one audit entry', async () => {
    const key = randomUUID();
    const answer = { scope: 'lane:7', why: `typed for long ${key}` };
    await waitUntil('the token has expired', async () => {
      const { status } = await people.ask('operator', 'GET', '/pauses', undefined, { token: short });
      return status === 401;
    });
    const refused = await people.ask('operator', 'POST', '/pauses', answer, { key, token: short });
    expect(refused).toMatchObject({ status: 401, body: { code: 'ops/token-expired' } });
    expect(await world.stores.control.pauses()).toEqual([]);

    const done = await people.ask('operator', 'POST', '/pauses', answer, { key });
    const again = await people.ask('operator', 'POST', '/pauses', answer, { key });

    expect(done).toMatchObject({ status: 200, body: { isChanged: true } });
    expect(again).toEqual(done);
    expect(await world.stores.control.pauses()).toMatchObject([
      { scope: 'lane:7', by: 'operator@licenser.local' },
    ]);
    expect(await audited('pause/set', 'lane:7')).toMatchObject([{ result: 'done', why: answer.why }]);
    expect((await people.run('operator', 'queue', 'resume', 'lane:7')).code).toBe(0);
  });
});

/** What activating this policy would change, as the API's plan says. */
async function planned(text: string): Promise<readonly PlanLine[]> {
  const begun = await people.ask('viewer', 'POST', '/plans', { text });
  expect(begun.status).toBe(202);
  const { id } = begun.body['operation'] as { id: string };
  const plan = await waitUntil('the plan is made', async () => {
    const { body } = await people.ask('viewer', 'GET', `/operations/${id}`);
    return body['state'] === 'done' && (body['result'] as { id: string }).id;
  });
  const { body } = await people.ask('viewer', 'GET', `/plans/${plan}/lines?limit=200`);
  expect(body['next']).toBeNull();
  return body['items'] as PlanLine[];
}

type Told = { step: string; by: string | null; approvedBy: string | null; facts: Record<string, unknown> };
/** What happened to a user, as a Viewer reads it. */
const storyOf = async (user: string) =>
  (await people.run<{ entries: Told[] }>('viewer', 'user', 'history', user)).answer.entries;

/** Asked for by one person and approved by another. */
async function approved(name: string, text: string) {
  const rollout = await activate(name, text);
  expect(rollout.state).toBe('awaiting');
  expect((await people.run('approver', 'rollout', 'approve', rollout.id, '--why', 'agreed')).code).toBe(0);
  return rollout;
}
