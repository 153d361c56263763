import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Browser, Page } from 'playwright-core';
import { toUserId } from '../../shared/kernel/ids';
import { activatePolicy } from '../../shared/ops/rollouts/activate-policy';
import { requestCensus } from '../../shared/pipeline/census/census-state';
import { readCensus } from '../../shared/pipeline/census/walk-census';
import { closeWithResult, confirm } from '../support/browser/act-in-page';
import { openPage, startBrowser } from '../support/browser/open-page';
import { ems, intune, operator, startRolloutWorld } from '../support/rollout-world';
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
  world = await startRolloutWorld({ policy: policyOf(['INTUNE_A'], 'EMS') });
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
    const until = Math.ceil(Date.now() / 1_000) * 1_000 + 30_000;
    await openException(page);
    await page.getByLabel('Until (empty: for good)').fill(localTime(until));
    await page.getByRole('button', { name: 'Never touch…' }).click();
    await confirm(page, 'Never touch', 'CHG-8: board meeting');
    await closeWithResult(page);
    await page.getByText('CHG-8: board meeting').first().waitFor();
    const before = (await writesOf(executive)).length;

    await activate(policyOf(['INTUNE_A'], 'VISIOCLIENT'));
    expect((await holds(colleague)).map(({ skuId }) => skuId)).toEqual([visio]);

    await waitUntil('the policy decides again', async () => (await holds(executive))[0]?.skuId === visio);
    const [swap, ...further] = (await writesOf(executive)).slice(before);
    expect(further).toEqual([]);
    expect(swap).toMatchObject({ add: [{ skuId: visio }], remove: [ems] });
    // Nothing was written before the date, however fast the policy came into force.
    expect(swap?.at).toBeGreaterThanOrEqual(until);
    expect(complaints).toEqual([]);
    await context.close();
  });
});
