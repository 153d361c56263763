import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { Browser } from 'playwright-core';
import { closeByKeys, confirmByKeys, press } from '../support/browser/by-keyboard';
import { countPresses } from '../support/browser/count-presses';
import { openPage, startBrowser } from '../support/browser/open-page';
import { ems, startRepairWorld } from '../support/repair-world';
import type { RepairWorld } from '../support/repair-world';
import { waitUntil } from '../support/wait-until';

const many = 500;

let browser: Browser | undefined;
let world: RepairWorld;
beforeAll(async () => {
  browser = await startBrowser();
  if (browser !== undefined) world = await startRepairWorld();
});
afterAll(async () => {
  await browser?.close();
  await world?.stop();
});

describe('500 users who wait for a seat', () => {
  it('are all repaired in four presses at most after seats were bought, by keys alone, each written to once', async () => {
    if (browser === undefined) return;
    const taken = await world.takenSeats();
    await world.setSeats(taken);
    const users = await world.bring('Sales', many);
    await world.untilOutcome(users, 'waiting');
    const { page, context, complaints } = await openPage(browser, world.test, 'operator', {
      byKeyboard: true,
    });
    const presses = await countPresses(page);
    const cause = page.locator('.causes li', { hasText: 'EMS has no seat' });
    await waitUntil('the page says how many wait', async () => {
      await world.test.runFunction('observe');
      // The page asks again by itself; on a slow machine what it counts may take longer than this.
      const text = await cause.textContent({ timeout: 30_000 }).catch(() => '');
      return text?.includes(`${String(many)} users`);
    });

    await world.setSeats(taken + many);
    await press(page, cause.getByRole('button', { name: 'Replay all who wait…' }));
    await page
      .getByRole('dialog')
      .getByText(/would be written to/)
      .waitFor();
    await confirmByKeys(page, 'Replay', 'PO-12: 500 seats were bought');
    expect(await closeByKeys(page)).toMatch(/decided anew|on their way/);
    expect((await presses()).all).toBeLessThanOrEqual(4);
    expect((await presses()).byPointer).toBe(0);

    // Seats are handed out in portions.
    await world.untilOutcome(users, 'licensed', () => world.test.runFunction('waiting-list'));
    const ids = new Set(users);
    const writes = (await world.test.control.writeLog(0)).filter(
      ({ kind, userId, status }) => kind === 'assignLicense' && status === 200 && ids.has(userId),
    );
    expect(writes.map(({ userId }) => userId).sort()).toEqual([...users].sort());
    expect(writes.every(({ add }) => add?.[0]?.skuId === ems)).toBe(true);
    expect(await world.takenSeats()).toBe(taken + many);
    await cause.waitFor({ state: 'detached' });
    expect(complaints).toEqual([]);
    await context.close();
  });
});
