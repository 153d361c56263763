import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { Browser, Locator, Page } from 'playwright-core';
import { findLocalPerson } from '../../local/identity/people';
import { signInLocally } from '../../local/identity/sign-in';
import { toUserId } from '../../shared/kernel/ids';
import { laneOf } from '../../shared/queue/lanes';
import { closeWithResult, confirm } from '../support/browser/act-in-page';
import { closeByKeys, confirmByKeys, hasFocus, press, tabTo } from '../support/browser/by-keyboard';
import { countPresses } from '../support/browser/count-presses';
import { seriousFindings } from '../support/browser/check-access';
import { openPage, startBrowser } from '../support/browser/open-page';
import { readsBadly } from '../support/browser/reads-badly';
import { script, startPolicyStories, tradersPolicy } from '../support/browser/policy-stories';
import type { RolloutWorld } from '../support/rollout-world';
import { waitUntil } from '../support/wait-until';
import { controlHeaders } from '@auto-licenser/graph-emulator/client';

/** More than the guards let change by one person's word. */
const many = 40;

let browser: Browser | undefined;
let world: RolloutWorld;
let staff: readonly string[];
beforeAll(async () => {
  browser = await startBrowser();
  if (browser === undefined) return;
  world = await startPolicyStories();
  staff = await world.hire(many, 'staff');
  await waitUntil('all are licensed', () => world.licensed(staff));
});
afterAll(async () => {
  await browser?.close();
  await world?.stop();
});

/** As the app is set. */
const lanes = 32;

const rolloutOf = (page: Page) => new URL(page.url()).pathname.split('/').at(-1) ?? '';

/** Types a policy over the one in the editor, and walks through its three steps. Everything by keys. */
async function activateByKeys(page: Page, text: string, why: string): Promise<void> {
  await press(page, page.getByText('Edit, check and plan'));
  await tabTo(page, page.getByLabel('Policy', { exact: true }));
  await page.keyboard.press('Control+A');
  await page.keyboard.insertText(text);
  await press(page, page.getByRole('button', { name: '1. Check' }));
  const editor = page.locator('details', { hasText: 'Edit, check and plan' });
  await editor.getByText('It is valid for this tenant.').waitFor();
  await press(page, page.getByRole('button', { name: '2. Plan over every user' }));
  await page.getByRole('heading', { name: 'The plan' }).waitFor();
  await press(page, page.getByRole('button', { name: '3. Activate…' }));
  await confirmByKeys(page, 'Activate', why);
  await press(page, page.getByRole('link', { name: 'See the rollout' }));
}

/** What is selected in a field. */
const selectedIn = (field: Locator) =>
  field.evaluate((element: { value: string; selectionStart: number; selectionEnd: number }) =>
    element.value.slice(element.selectionStart, element.selectionEnd),
  );

/** A text that a person wrote is shown as it is, and none of it is an element. */
async function staysText(page: Page, place: Locator): Promise<void> {
  await place.filter({ hasText: script }).first().waitFor();
  expect(await page.locator('main img').count()).toBe(0);
  expect(await page.title()).not.toBe('1');
}

describe('a typo that strips everybody of Trading', () => {
  it('is held by the guards, looked at and cancelled; all keep what they have', async () => {
    if (browser === undefined) return;
    const before = { holdings: await world.plansOff(staff), seq: await world.lastSeq() };
    const { active } = await world.stores.policies.pointer();
    const { page, context, complaints } = await openPage(browser, world, 'operator', { at: 'policy' });
    await staysText(page, page.locator('pre.text'));

    await page.getByText('Edit, check and plan').click();
    const editor = page.getByLabel('Policy', { exact: true });
    const typo = tradersPolicy({ department: 'Tradin' });
    await editor.fill(typo);
    await page.getByRole('button', { name: '1. Check' }).click();
    await page.getByRole('button', { name: '2. Plan over every user' }).click();
    await page.getByRole('heading', { name: 'The plan' }).waitFor();
    const waits = page.locator('.note', { hasText: 'would wait until another person approves it' });
    await waits.getByText(`${String(many)} users would lose something`).waitFor();
    await page.getByRole('button', { name: '3. Activate…' }).click();
    await confirm(page, 'Activate', 'CHG-4: tidy the rules');
    await page.getByRole('link', { name: 'See the rollout' }).click();

    await page.getByText('awaiting', { exact: true }).waitFor();
    await page.getByText(`${String(many)} users would lose something`).waitFor();
    await page.getByRole('button', { name: 'Plan it now' }).click();
    await page.getByRole('region', { name: 'Users of the plan' }).or(page.locator('table')).first().waitFor();
    expect(await seriousFindings(page)).toEqual([]);
    const id = rolloutOf(page);
    await page.getByRole('button', { name: 'Cancel…' }).click();
    await confirm(page, 'Cancel it', 'CHG-4 has a typo');
    await closeWithResult(page);
    await world.ended(id);

    expect(await world.writesAfter(before.seq)).toEqual([]);
    expect(await world.plansOff(staff)).toEqual(before.holdings);
    expect(await world.stores.policies.pointer()).toMatchObject({ active, candidate: null });
    expect(complaints).toEqual([]);
    await context.close();
  });
});

describe('a change that guards hold', () => {
  it('is approved by another person alone, paused at half and resumed, by keys alone', async () => {
    if (browser === undefined) return;
    const asker = await openPage(browser, world, 'operator', { at: 'policy', byKeyboard: true });
    const askersPresses = await countPresses(asker.page);
    await activateByKeys(asker.page, tradersPolicy({ disable: [] }), 'CHG-5: INTUNE for Trading');
    await asker.page.getByText('awaiting', { exact: true }).waitFor();
    const id = rolloutOf(asker.page);

    // The asker cannot: by the button, and by the API.
    const own = asker.page.getByRole('button', { name: /^Approve…/ });
    expect(await own.getAttribute('aria-disabled')).toBe('true');
    const { token } = await signInLocally(world.cloud.file, 'operator');
    const refused = await fetch(`${world.cloud.file.functions.origin}/api/ops/v1/rollouts/${id}/approve`, {
      method: 'POST',
      headers: {
        authorization: `Bearer ${token}`,
        'content-type': 'application/json',
        'idempotency-key': crypto.randomUUID(),
      },
      body: JSON.stringify({ why: 'it is mine' }),
    });
    expect(refused.status).toBe(403);

    // In half of the lanes nothing is written before the test lets it.
    const half = staff.filter(
      (userId) => Number(laneOf(toUserId(userId), lanes).slice('lane-'.length)) < lanes / 2,
    );
    const holds = `${world.cloud.file.graph.origin}/_local/holds`;
    const held = (await (
      await fetch(holds, {
        method: 'POST',
        headers: controlHeaders(world.cloud.file.graph),
        body: JSON.stringify({
          method: 'POST',
          path: `(${half.join('|')})/assignLicense`,
          isPattern: true,
          phase: 'before',
          count: 10_000,
        }),
      })
    ).json()) as { id: string };

    const second = await openPage(browser, world, 'approver', { at: `rollouts/${id}`, byKeyboard: true });
    const approversPresses = await countPresses(second.page);
    await press(second.page, second.page.getByRole('button', { name: 'Approve…' }));
    await confirmByKeys(second.page, 'Approve', 'CHG-5 is agreed', String(many));
    await closeByKeys(second.page);
    const others = staff.length - half.length;
    expect([half.length > 0, others > 0]).toEqual([true, true]);
    await waitUntil('half are changed', async () => (await world.count(id)).changed === others);

    await press(asker.page, asker.page.getByRole('button', { name: 'Pause…' }));
    await confirmByKeys(asker.page, 'Pause', 'CHG-5: half is enough for today');
    await closeByKeys(asker.page);
    await asker.page.getByText('paused', { exact: true }).waitFor();
    expect((await world.rollout(id)).state).toBe('paused');
    await fetch(`${holds}/${held.id}`, { method: 'DELETE', headers: controlHeaders(world.cloud.file.graph) });

    await press(asker.page, asker.page.getByRole('button', { name: 'Resume…' }));
    await confirmByKeys(asker.page, 'Resume', 'CHG-5 goes on');
    await closeByKeys(asker.page);
    await world.ended(id);

    expect([...(await world.plansOff(staff)).values()]).toEqual(staff.map(() => []));
    expect((await world.rollout(id)).state).toBe('done');
    const people = new Map<string, string | undefined>();
    for await (const { action, byId, result } of world.stores.audit.list({}))
      if (result === 'done' && /^(policy\/activate|rollout\/approve)$/.test(action)) people.set(action, byId);
    expect(people.get('rollout/approve')).toBe(findLocalPerson('approver')?.id);
    expect(people.get('policy/activate')).toBe(findLocalPerson('operator')?.id);
    expect([(await askersPresses()).byPointer, (await approversPresses()).byPointer]).toEqual([0, 0]);
    expect([...asker.complaints, ...second.complaints]).toEqual([]);
    await asker.context.close();
    await second.context.close();
  });
});

describe('a policy with tests of its own', () => {
  it('shows problems with their places, its tests’ results, and what differs between two versions', async () => {
    if (browser === undefined) return;
    const { page, context, complaints } = await openPage(browser, world, 'operator', { at: 'policy' });
    const withTests = tradersPolicy({
      disable: [],
      more: `tests:\n  - name: 'traders ${script}'\n    user: { department: Trading }\n    expect: { EMS: { off: [] } }\n  - name: no one of Legal\n    user: { department: Trading }\n    expect: { EMS: null }\n`,
    });

    await page.getByText('Edit, check and plan').click();
    const editor = page.locator('details', { hasText: 'Edit, check and plan' });
    await page.getByLabel('Policy', { exact: true }).fill(withTests.replace('sku: EMS', 'sku: EMSX'));
    await editor.getByRole('button', { name: '1. Check' }).click();
    await editor.getByText('It cannot be used.').waitFor();
    const lines = withTests.split('\n');
    const at = lines.findIndex((line) => line.includes('sku: EMS')) + 1;
    const problem = editor
      .locator('.problems button', { hasText: new RegExp(`${String(at)}:\\d+$`) })
      .first();
    await problem.click();
    const field = page.getByLabel('Policy', { exact: true });
    expect(await hasFocus(field)).toBe(true);
    // What is selected is the place, from its column to the end of its line.
    expect(await selectedIn(field)).toMatch(/^['"]?EMSX/);
    await page.getByLabel('Policy', { exact: true }).fill(withTests);
    await editor.getByRole('button', { name: '1. Check' }).click();
    await editor.getByText(/2 tests of its own: 1 test failed/).waitFor();
    await editor.getByText('EMS is granted, and should not be').waitFor();
    await staysText(page, editor.locator('li'));
    await editor.getByText('What you changed').click();
    await editor.locator('.diff .new', { hasText: 'no one of Legal' }).first().waitFor();
    expect(await readsBadly(page)).toEqual([]);

    // The two stored versions: the one before, and the one in force.
    await page.getByRole('table').last().getByRole('link').last().click();
    await page.getByText(/lines? differ from the policy in force/).waitFor();
    await page.locator('.diff .gone').first().waitFor();
    await page.getByLabel('Compare with').selectOption('');
    await page.locator('pre[aria-label="Text of the policy"]').waitFor();
    expect(await seriousFindings(page)).toEqual([]);
    expect(complaints).toEqual([]);
    await context.close();
  });
});
