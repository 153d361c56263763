import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { Browser } from 'playwright-core';
import { closeWithResult } from '../support/browser/act-in-page';
import { openPage, startBrowser, withoutOutage } from '../support/browser/open-page';
import { leaseTestCloud } from '../support/clouds/lease-cloud';
import type { TestCloud } from '../support/local-cloud';

let browser: Browser | undefined;
let cloud: TestCloud;
beforeAll(async () => {
  browser = await startBrowser();
  if (browser !== undefined) cloud = await leaseTestCloud('delta');
});
afterAll(async () => {
  await browser?.close();
  await cloud?.stop();
});

const why = 'INC-10: typed for a long time';

/** Entries of the audit with this reason. */
async function audited(): Promise<readonly string[]> {
  const found: string[] = [];
  for await (const entry of cloud.stores.audit.list({ action: 'pause/set' }))
    if (entry.why === why) found.push(`${entry.action} ${entry.result ?? ''} ${entry.by}`);
  return found;
}

describe('a session that ends while a reason is typed', () => {
  it('keeps the text over the sign-in; an answer that is lost on the way costs no second effect', async () => {
    if (browser === undefined) return;
    const { page, context, complaints } = await openPage(browser, cloud, 'operator', {
      at: 'queue',
      hasOwnClock: true,
    });
    // No user of the sample tenant is due to get it.
    await page.getByLabel('SKU to pause').selectOption('VISIOCLIENT');
    await page.getByRole('button', { name: 'Pause this SKU…' }).click();
    const dialog = page.getByRole('dialog');
    await dialog.getByLabel(/^Why\?/).fill(why);

    // The token is good for an hour.
    await page.clock.fastForward(3_700_000);
    await dialog.getByText('Your session has ended.').waitFor();
    await page.clock.setSystemTime(Date.now());
    await dialog.getByRole('button', { name: 'Sign in again' }).click();
    await page.getByRole('navigation', { name: 'Views' }).waitFor();

    expect(await dialog.getByLabel(/^Why\?/).inputValue()).toBe(why);
    expect(await audited()).toEqual([]);
    // The first answer never arrives, though the app has acted.
    let isLost = false;
    await page.route('**/api/ops/v1/pauses', async (route) => {
      if (isLost || route.request().method() !== 'POST') return route.fallback();
      isLost = true;
      await route.fetch();
      await route.abort();
    });
    await dialog.getByRole('button', { name: 'Pause', exact: true }).click();
    await dialog.getByText('The app does not answer').waitFor();
    expect(await dialog.getByLabel(/^Why\?/).inputValue()).toBe(why);
    await dialog.getByRole('button', { name: 'Pause', exact: true }).click();
    expect(await closeWithResult(page)).toMatch(/Paused now: writes that assign or change/);

    const pauses = await cloud.stores.control.pauses();
    expect(pauses.map(({ reason }) => reason)).toEqual([why]);
    expect(await audited()).toEqual(['pause/set done operator@licenser.local']);
    for (const pause of pauses) await cloud.stores.control.resume(pause.scope);
    expect(withoutOutage(complaints).filter((one) => !one.includes('ERR_FAILED'))).toEqual([]);
    await context.close();
  });
});
