import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Browser, Page } from 'playwright-core';
import { toUserId } from '../../shared/kernel/ids';
import { activatePolicy } from '../../shared/ops/rollouts/activate-policy';
import { approveRollout } from '../../shared/ops/rollouts/change-rollout';
import { requestCensus } from '../../shared/pipeline/census/census-state';
import { readCensus } from '../../shared/pipeline/census/walk-census';
import { closeWithResult, confirm } from '../support/browser/act-in-page';
import { openPage, startBrowser } from '../support/browser/open-page';
import { viewLink } from '../support/browser/view-link';
import { approver, ems, intune, operator, startRolloutWorld } from '../support/rollout-world';
import type { RolloutWorld } from '../support/rollout-world';
import { waitUntil } from '../support/wait-until';

// Real ids: https://learn.microsoft.com/entra/identity/users/licensing-service-plan-reference
const visio = 'c5928f49-12ba-48f7-ada3-0d743a3601d5';
const mfa = '8a256a2b-b617-496d-b51b-e76466e88db0';

/** `traders`: the plans that are off for Trading; `board`: what the board holds. */
const policyOf = (traders: readonly string[], board: string) => `version: 1
usageLocation: { from: country }
exclusive: [[VISIOCLIENT, EMS]]
rules:
  - name: traders
    when: 'user.department -eq "Trading"'
    assign: [{ sku: EMS, disable: [${traders.join(', ')}] }]
  - name: board
    when: 'user.department -eq "Board"'
    assign: [{ sku: ${board} }]
`;

let browser: Browser | undefined;
let world: RolloutWorld;
beforeAll(async () => {
  browser = await startBrowser();
  if (browser === undefined) return;
  world = await startRolloutWorld({
    policy: policyOf(['INTUNE_A'], 'EMS'),
    settings: { LICENSER_APPROVAL: 'always' },
  });
});
afterAll(async () => {
  await browser?.close();
  await world?.stop();
});

const holds = async (userId: string) => {
  const { body } = await world.graph('GET', `/users/${userId}?$select=id,assignedLicenses`);
  return (body['assignedLicenses'] as { skuId: string; disabledPlans: string[] }[]).map(
    ({ skuId, disabledPlans }) => ({ skuId, off: disabledPlans }),
  );
};
const writesOf = async (userId: string) =>
  (await world.writesAfter(0)).filter((entry) => entry.userId === userId);
/** As a date field takes it, in the zone of this machine, which the browser shares. */
const localTime = (at: number) => {
  const shifted = new Date(at - new Date(at).getTimezoneOffset() * 60_000);
  return shifted.toISOString().slice(0, 19);
};
const openException = async (page: Page) => {
  await page.getByText('Undo, never touch, or an extra license').click();
};
const activate = async (text: string) => {
  const { rollout } = await activatePolicy(world.pipeline, { text, file: 'edited.yaml' }, operator);
  await approveRollout(world.pipeline, rollout.id, approver);
  await world.ended(rollout.id);
};
const census = async () => {
  const { state: last } = await readCensus(world.pipeline);
  await requestCensus(world.stores.cursors, { at: Date.now(), ...operator, reason: 'asked for' });
  await world.runFunction('census-walk');
  await waitUntil('the census is done', async () => {
    const { state } = await readCensus(world.pipeline);
    return state !== undefined && state.id !== last?.id && state.phase === 'done';
  });
};

describe('one user goes back to this morning', () => {
  it('and stays so over a census and a change of the policy, until the undo is ended', async () => {
    if (browser === undefined) return;
    const [user = ''] = await world.hire(1, 'undone');
    await waitUntil('the user is licensed', () => world.licensed([user]));
    const [first] = await writesOf(user);
    // The field has whole seconds: the next one that is past lies behind the first write.
    const morning = Math.ceil((first?.at ?? 0) / 1_000) * 1_000 + 1_000;
    await sleep(Math.max(0, morning + 1_000 - Date.now()));
    await world.graph('PATCH', `/users/${user}`, { department: 'Board' });
    await waitUntil('all plans are on', async () => (await holds(user))[0]?.off.length === 0);

    const { page, context, complaints } = await openPage(browser, world, 'operator', { at: `users/${user}` });
    await openException(page);
    await page.getByLabel('Back to').fill(localTime(morning));
    await page.getByRole('button', { name: 'Undo to this time…' }).click();
    await confirm(page, 'Undo', 'INC-9: moved by mistake');
    await closeWithResult(page);
    const held = [{ skuId: ems, off: [intune] }];
    await waitUntil('it is undone', async () => (await holds(user))[0]?.off.join() === intune);
    const before = (await writesOf(user)).length;

    await census();
    await activate(policyOf(['INTUNE_A'], 'EMS, disable: [MFA_PREMIUM]'));
    expect(await holds(user)).toEqual(held);
    expect((await writesOf(user)).length).toBe(before);

    await page.getByRole('button', { name: 'End the undo…' }).click();
    await confirm(page, 'End it', 'INC-9 is solved');
    await closeWithResult(page);
    await waitUntil('the policy decides again', async () => {
      const { state } = await world.stores.users.read(toUserId(user));
      return state?.outcome === 'licensed' && (await holds(user))[0]?.off.join() === mfa;
    });
    expect(complaints).toEqual([]);
    await context.close();
  });
});

describe('an executive who is not to be touched until a date', () => {
  it('keeps their license over a policy that takes it, and follows the policy when the date has passed', async () => {
    if (browser === undefined) return;
    const board = await world.hire(2, 'board');
    for (const id of board) await world.graph('PATCH', `/users/${id}`, { department: 'Board' });
    await waitUntil('both are the board’s', async () =>
      (await Promise.all(board.map(holds))).every(([one]) => one?.skuId === ems && one.off.join() === mfa),
    );
    const [executive = '', colleague = ''] = board;
    const { page, context, complaints } = await openPage(browser, world, 'operator', {
      at: `users/${executive}`,
    });
    await neverTouch(page, null, 'CHG-8: board meeting');
    const before = (await world.control.writeLog(0)).at(-1)?.seq ?? 0;

    const { rollout, planned, kept } = await activateByTwo(page, policyOf(['INTUNE_A'], 'VISIOCLIENT'));

    // What the plan said was written, once each, and nothing else to any user.
    const swap = { kind: 'assignLicense', add: [visio], remove: [ems] };
    expect(planned).toContain(colleague);
    expect(kept).toEqual([executive]);
    const log = (await world.control.writeLog(before)).filter(({ effective }) => effective);
    expect(log).toHaveLength(planned.length);
    expect(
      new Map(
        log.map(({ userId, kind, add = [], remove }) => [
          userId,
          { kind, add: add.map(({ skuId }) => skuId), remove },
        ]),
      ),
    ).toEqual(new Map(planned.map((id) => [id, swap])));
    expect((await holds(executive)).map(({ skuId }) => skuId)).toEqual([ems]);

    // Whose decisions these were: in the audit, and in the stories of who was changed and of who was spared.
    await viewLink(page, 'Audit').click();
    const acts = page.locator('tbody tr');
    await acts
      .filter({ hasText: 'approver@licenser.local' })
      .filter({ hasText: 'CHG-9 is agreed' })
      .waitFor();
    await acts.filter({ hasText: 'operator@licenser.local' }).filter({ hasText: 'CHG-9: Visio' }).waitFor();
    await openUser(page, colleague);
    const written = page.locator('.timeline li', { hasText: rollout }).first();
    await written
      .getByText('asked for by operator@licenser.local, approved by approver@licenser.local')
      .waitFor();
    await openUser(page, executive);
    await page.locator('.timeline li', { hasText: 'by operator@licenser.local' }).first().waitFor();

    const until = Math.ceil(Date.now() / 1_000) * 1_000 + 15_000;
    await neverTouch(page, until, 'CHG-8: until tonight');
    await waitUntil('the policy decides again', async () => (await holds(executive))[0]?.skuId === visio);
    const after = (await world.writesAfter(log.at(-1)?.seq ?? 0)).filter(
      ({ userId }) => userId === executive,
    );
    expect(after).toHaveLength(1);
    expect(after[0]).toMatchObject({ add: [{ skuId: visio }], remove: [ems] });
    // Nothing was written before the date, however fast the policy came into force.
    expect(after[0]?.at).toBeGreaterThanOrEqual(until);
    expect(complaints).toEqual([]);
    await context.close();
  });
});

/** Another user's page, within the session. */
async function openUser(page: Page, id: string): Promise<void> {
  await page.goto(`${world.cloud.file.functions.origin}/api/ui/users/${id}`);
  await page.getByRole('heading', { name: 'What happened' }).waitFor();
}

/** `until`: milliseconds; null: for good. */
async function neverTouch(page: Page, until: number | null, why: string): Promise<void> {
  await openException(page);
  if (until !== null) await page.getByLabel('Until (empty: for good)').fill(localTime(until));
  await page.getByRole('button', { name: 'Never touch…' }).click();
  await confirm(page, 'Never touch', why);
  await closeWithResult(page);
  await page.getByText(why).first().waitFor();
}

/**
 * One person plans and activates it on the page, another approves it there. `planned`: ids of whom the plan changes; `kept`: of
 * whom it names, and who keep what they have.
 */
async function activateByTwo(page: Page, text: string) {
  await viewLink(page, 'Policy').click();
  await page.getByText('Edit, check and plan').click();
  await page.getByLabel('Policy', { exact: true }).fill(text);
  await page.getByRole('button', { name: '1. Check' }).click();
  await page.locator('details').getByText('It is valid for this tenant.').waitFor();
  await page.getByRole('button', { name: '2. Plan over every user' }).click();
  const rows = page.getByRole('region', { name: 'Users of the plan' }).locator('tbody tr');
  await rows.first().waitFor();
  const planned: string[] = [];
  const kept: string[] = [];
  for (const row of await rows.all()) {
    const gains = await row.locator('td[data-title="Gains"]').textContent();
    (gains === '' ? kept : planned).push((await row.getAttribute('data-row')) ?? '');
  }
  await page.getByText(`${String(planned.length)} would be changed`).waitFor();
  await page.getByRole('button', { name: '3. Activate…' }).click();
  await confirm(page, 'Activate', 'CHG-9: Visio for the board');
  await page.getByRole('link', { name: 'See the rollout' }).click();
  await page.getByText('awaiting', { exact: true }).waitFor();
  const rollout = new URL(page.url()).pathname.split('/').at(-1) ?? '';
  expect(browser).toBeDefined();
  const second = await openPage(browser as Browser, world, 'approver', { at: `rollouts/${rollout}` });
  await second.page.getByRole('button', { name: 'Approve…' }).click();
  const { members } = await world.rollout(rollout);
  await confirm(second.page, 'Approve', 'CHG-9 is agreed', String(members));
  await closeWithResult(second.page);
  expect(second.complaints).toEqual([]);
  await second.context.close();
  await world.ended(rollout);
  return { rollout, planned, kept };
}
