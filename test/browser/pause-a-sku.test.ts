import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { Browser } from 'playwright-core';
import { toUserId } from '../../shared/kernel/ids';
import { entryOf } from '../../shared/pipeline/row/agenda/agenda';
import { closeWithResult, confirm, isOnFirstScreen } from '../support/browser/act-in-page';
import { countPresses } from '../support/browser/count-presses';
import { openPage, phone, startBrowser } from '../support/browser/open-page';
import { leaseTestCloud } from '../support/clouds/lease-cloud';
import { ems, joiner, waitUntilLicensed } from '../support/judge-joiner';
import type { TestCloud } from '../support/local-cloud';
import { viewLink } from '../support/browser/view-link';
import { waitUntil } from '../support/wait-until';

let browser: Browser | undefined;
let cloud: TestCloud;
beforeAll(async () => {
  browser = await startBrowser();
  if (browser === undefined) return;
  cloud = await leaseTestCloud('delta');
  await cloud.runFunction('observe');
});
afterAll(async () => {
  await browser?.close();
  await cloud?.stop();
});

const bring = async (department: string) => {
  const [user] = await cloud.bring([joiner(`pause.${crypto.randomUUID()}`, { department })]);
  return user?.id ?? '';
};
const emsWrites = async () =>
  (await cloud.control.writeLog(0)).filter(
    (entry) => entry.kind === 'assignLicense' && entry.add?.[0]?.skuId === ems,
  );
const isParked = async (userId: string) =>
  entryOf((await cloud.stores.users.read(toUserId(userId))).state, 'paused') !== undefined;
/** A joiner who is due EMS and has to wait for it: one whom the pause came too late for is followed by another. */
async function bringUntilParked(): Promise<string> {
  for (;;) {
    const userId = await bring('Sales');
    const isServed = async () => (await emsWrites()).some((entry) => entry.userId === userId);
    await waitUntil('the joiner is parked or served', async () => (await isParked(userId)) || isServed());
    if (await isParked(userId)) return userId;
  }
}

describe('wrong EMS licenses are being written', () => {
  it('stops that SKU alone in two steps from the overview, and lets it go on from there', async () => {
    if (browser === undefined) return;
    const { page, context, complaints } = await openPage(browser, cloud, 'operator');
    await page.getByRole('heading', { level: 1 }).waitFor();
    const presses = await countPresses(page);

    await viewLink(page, 'Queue').click();
    await page.getByLabel('SKU to pause').selectOption('EMS');
    await page.getByRole('button', { name: 'Pause this SKU…' }).click();
    await page.getByRole('dialog').waitFor();
    expect((await presses()).all).toBeLessThanOrEqual(2);
    await confirm(page, 'Pause', 'INC-7: wrong EMS licenses');
    expect(await closeWithResult(page)).toMatch(/Paused now: writes that assign or change/);
    await page.getByText('INC-7: wrong EMS licenses').waitFor();

    // One user is parked: from then on the host goes by the pause.
    const sales = await bringUntilParked();
    const parkedAt = Date.now();
    await waitUntilLicensed(cloud, await bring('Production'));

    await viewLink(page, 'Overview').click();
    const cause = page.locator('.causes li', { hasText: 'INC-7' });
    await cause.getByRole('button', { name: 'Resume…' }).click();
    const resumedAt = Date.now();
    await confirm(page, 'Resume', 'INC-7 is solved');
    await closeWithResult(page);

    await waitUntilLicensed(cloud, sales);
    const writes = await emsWrites();
    expect(writes.filter(({ at }) => at > parkedAt && at < resumedAt)).toEqual([]);
    const ofSales = writes.filter(({ userId }) => userId === sales);
    expect(ofSales).toHaveLength(1);
    expect(ofSales[0]?.at).toBeGreaterThanOrEqual(resumedAt);
    expect(await cloud.stores.control.pauses()).toEqual([]);
    expect(complaints).toEqual([]);
    await context.close();
  });

  it('shows verdict, first cause and its button on the first screen of a desk and of a phone', async () => {
    if (browser === undefined) return;
    const { page, context, complaints } = await openPage(browser, cloud, 'operator');
    await viewLink(page, 'Queue').click();
    await page.getByRole('button', { name: 'Pause all deciding…' }).click();
    await confirm(page, 'Pause', 'to see it said');
    await closeWithResult(page);

    await viewLink(page, 'Overview').click();
    await page.getByRole('heading', { name: 'Stopped' }).waitFor();
    const seen = async () =>
      Promise.all(
        ['#verdict', '.causes li:first-child .cause-text', '.causes li:first-child button'].map((one) =>
          isOnFirstScreen(page, one),
        ),
      );
    expect(await seen()).toEqual([true, true, true]);
    await page.setViewportSize(phone);
    expect(await seen()).toEqual([true, true, true]);

    await page.getByRole('button', { name: 'Resume…' }).first().click();
    await confirm(page, 'Resume', 'it was seen');
    await closeWithResult(page);
    await page.getByRole('heading', { name: 'Stopped' }).waitFor({ state: 'detached' });

    expect(await cloud.stores.control.pauses()).toEqual([]);
    expect(complaints).toEqual([]);
    await context.close();
  });

  it('lets a Viewer see everything and act on nothing, and says which role is missing', async () => {
    if (browser === undefined) return;
    const { page, context, complaints } = await openPage(browser, cloud, 'viewer', { at: 'queue' });

    const button = page.getByRole('button', { name: /Pause all writing/ });
    await button.click({ force: true });

    // Under a pointer and to a screen reader, and when it is pressed.
    await page.getByText('Pause all writing… cannot be pressed: Needs the role Operator.').waitFor();
    expect(await button.textContent()).toContain('Needs the role Operator');
    expect(await page.getByRole('dialog').count()).toBe(0);
    expect(complaints).toEqual([]);
    await context.close();
  });
});
