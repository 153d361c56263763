import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { Browser, Page } from 'playwright-core';
import { toUserId } from '../../shared/kernel/ids';
import { startBigOpsCloud } from '../support/clouds/big-ops-cloud';
import { closeWithResult, confirm } from '../support/browser/act-in-page';
import { countPresses } from '../support/browser/count-presses';
import { inWords, measurePage } from '../support/browser/measure-page';
import { openPage, startBrowser } from '../support/browser/open-page';
import { waitUntil } from '../support/wait-until';

const size = { users: 5_000, messages: 100_000, deadLetters: 5_000, failures: 1_000 };
const rowsOfAPage = 50;
/** Bytes of an answer that a page of 50 rows never comes near. */
const largestAnswer = 300_000;

let browser: Browser | undefined;
let cloud: Awaited<ReturnType<typeof startBigOpsCloud>>;
beforeAll(async () => {
  browser = await startBrowser();
  if (browser === undefined) return;
  cloud = await startBigOpsCloud({
    users: size.users,
    messages: { 'license-changes-bulk': size.messages },
    deadLetters: size.deadLetters,
    failures: { permission: size.failures },
    disabled: ['apply-bulk', 'dead-letters'],
  });
});
afterAll(async () => {
  await browser?.close();
  await cloud?.stop();
});

const decidedSince = async (at: number) => {
  const found: string[] = [];
  for await (const { userId, state } of cloud.stores.users.list())
    if ((state.decidedAt ?? 0) >= at) found.push(userId);
  return found.sort();
};
/** Whatever there is behind it, a page draws the rows of a page. */
const drawsOnePage = async (page: Page) => {
  await page.locator('main tbody tr').first().waitFor();
  expect(await page.locator('main section[aria-label] tbody tr').count()).toBeLessThanOrEqual(rowsOfAPage);
};

describe('100,000 messages and 5,000 dead letters', () => {
  it('are paged, filtered, and three selected ones replayed: those users alone are decided anew', async () => {
    if (browser === undefined) return;
    const { page, context, complaints } = await openPage(browser, cloud, 'operator');
    const measured = await measurePage(page);
    await page.getByRole('heading', { level: 1 }).waitFor();

    await page.getByRole('link', { name: 'Queue', exact: true }).click();
    await page.getByRole('link', { name: '100,000' }).click();
    await drawsOnePage(page);
    const first = await page.locator('main tbody tr').first().getAttribute('data-row');
    await page.getByRole('button', { name: 'Further' }).click();
    await page.locator(`main tbody tr[data-row="${first ?? ''}"]`).waitFor({ state: 'detached' });
    await drawsOnePage(page);
    const some = cloud.users[1_234]?.id ?? '';
    await page.getByRole('searchbox').fill(some);
    await page.getByRole('button', { name: 'Search' }).click();
    await page.getByText(/Looked at [\d,]+ messages/).waitFor();
    await page.locator(`main tbody a[href$="/users/${some}"]`).first().waitFor();

    await page.getByRole('link', { name: 'Failures', exact: true }).click();
    await page.getByRole('link', { name: 'MaxDeliveryCountExceeded' }).first().click();
    await page.getByRole('heading', { name: /MaxDeliveryCountExceeded/ }).waitFor();
    await drawsOnePage(page);
    await page.getByText(/Counted [\d,]+ of 5,000 dead letters/).waitFor();
    await page.getByRole('button', { name: 'Next' }).click();
    await page.getByText(/^51 to 100/).waitFor();
    await drawsOnePage(page);

    const at = Date.now();
    const boxes = page.locator('main tbody input[type=checkbox]');
    const chosen: string[] = [];
    for (const index of [0, 7, 31]) {
      const box = boxes.nth(index);
      chosen.push(((await box.getAttribute('aria-label')) ?? '').replace('Select ', ''));
      await box.check();
    }
    await page.getByRole('button', { name: 'Replay selected (3)…' }).click();
    await confirm(page, 'Replay', 'INC-12: three to try');
    expect(await closeWithResult(page)).toContain('3 users will be decided anew');

    await waitUntil('the three are decided', async () => (await decidedSince(at)).length >= chosen.length);
    expect(await decidedSince(at)).toEqual([...chosen].sort());
    const figures = await measured();
    process.stderr.write(`${inWords('a large tenant', figures)}\n`);
    expect(figures.largest.bytes).toBeLessThan(largestAnswer);
    expect(complaints).toEqual([]);
    await context.close();
  });
});

describe('1,000 failures of one class', () => {
  it('are repaired in four clicks at most from opening the page', async () => {
    if (browser === undefined) return;
    const at = Date.now();
    const { page, context, complaints } = await openPage(browser, cloud, 'operator');
    const presses = await countPresses(page);

    await page
      .locator('.causes li', { hasText: 'permission' })
      .getByRole('button', { name: 'Replay all…' })
      .click();
    await page
      .getByRole('dialog')
      .getByText(/Deciding the first 200 of 1,000 now/)
      .waitFor();
    await confirm(page, 'Replay', 'INC-13: the permission is back');
    const said = await closeWithResult(page);
    expect(said).toMatch(/1,000 users will be decided anew/);
    expect((await presses()).all).toBeLessThanOrEqual(4);

    const failed = cloud.users.slice(0, size.failures).map(({ id }) => id.toLowerCase());
    await waitUntil('all are decided anew', async () => {
      const decided = new Set(await decidedSince(at));
      return failed.every((id) => decided.has(toUserId(id)));
    });
    const open = [];
    for await (const failure of cloud.stores.failures.list('open'))
      if (failure.class === 'permission') open.push(failure.subject);
    expect(open).toEqual([]);
    await page.getByRole('link', { name: 'Failures', exact: true }).click();
    await page.getByRole('heading', { level: 1, name: 'Failures' }).waitFor();
    await page.getByRole('link', { name: 'permission', exact: true }).waitFor({ state: 'detached' });
    expect(complaints).toEqual([]);
    await context.close();
  });
});
