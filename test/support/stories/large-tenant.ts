import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { Browser, Page } from 'playwright-core';
import { scarceSku } from '../../../bench/ops-cloud/seeded';
import { toUserId } from '../../../shared/kernel/ids';
import { closeWithResult, confirm } from '../browser/act-in-page';
import { hasFocus, press } from '../browser/by-keyboard';
import { countPresses } from '../browser/count-presses';
import { inWords, measurePage } from '../browser/measure-page';
import { openPage, startBrowser } from '../browser/open-page';
import { openView, readsBadly } from '../browser/reads-badly';
import { startBigOpsCloud } from '../clouds/big-ops-cloud';
import { viewsOfOneThing } from '../browser/view-paths';
import { viewLink } from '../browser/view-link';
import { waitUntil } from '../wait-until';

/** One search looks at as many messages as an answer has time for: on a slow machine a person goes on. */
async function searchOn(page: Page, userId: string): Promise<void> {
  const hit = page.locator(`main tbody a[href$="/users/${userId}"]`).first();
  for (;;) {
    await page.getByText(/Looked at [\d,]+ messages/).waitFor();
    if (await hit.isVisible()) return;
    await page.getByRole('button', { name: 'Next', exact: true }).click();
    await page.locator('.skeleton').first().waitFor({ state: 'detached' });
  }
}

export type LargeTenant = {
  readonly users: number;
  readonly messages: number;
  /** More than 200: so many are listed at once. */
  readonly deadLetters: number;
  /** Of one class; more than 50, so that a rollout feeds them. */
  readonly failures: number;
};

const rowsOfAPage = 50;
/** Bytes of an answer that a page of 50 rows never comes near. */
const largestAnswer = 300_000;
/** Different requests of a walk over queue, messages and failures. */
const mostRequests = 25;
/** Only ends what hangs: a busy machine writes to a thousand users slowly. */
const longestWaitMs = 900_000;
const inThousands = (value: number) => value.toLocaleString('en-US');

/**
 * The page over a tenant of this size. What is asserted does not depend on the machine: rows that are drawn, number and
 * size of the requests, and what became of the users. Times are printed for people.
 */
export function describeLargeTenant(size: LargeTenant): void {
  let browser: Browser | undefined;
  let cloud: Awaited<ReturnType<typeof startBigOpsCloud>>;
  beforeAll(async () => {
    browser = await startBrowser();
    if (browser === undefined) return;
    cloud = await startBigOpsCloud({
      users: size.users,
      // Nothing takes these; what a replay writes goes by the other queue, and is written.
      messages: { 'license-changes': size.messages },
      deadLetters: size.deadLetters,
      failures: { permission: size.failures },
      disabled: ['apply', 'dead-letters'],
      settings: { LICENSER_ROLLOUT_SCHEDULE: '*/2 * * * * *' },
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
  const openFailures = async () => {
    const found = [];
    for await (const failure of cloud.stores.failures.list('open'))
      if (failure.class === 'permission') found.push(toUserId(failure.subject));
    return found.sort();
  };
  /** Whatever there is behind it, a page draws the rows of a page. */
  const drawsOnePage = async (page: Page) => {
    await page.locator('main tbody tr').first().waitFor();
    expect(await page.locator('main section[aria-label] tbody tr').count()).toBeLessThanOrEqual(rowsOfAPage);
  };

  describe(`${inThousands(size.messages)} messages and ${inThousands(size.deadLetters)} dead letters`, () => {
    it('are paged, filtered, and three selected ones replayed: those users alone are decided anew', async () => {
      if (browser === undefined) return;
      const { page, context, complaints } = await openPage(browser, cloud, 'operator');
      const measured = await measurePage(page);
      await page.getByRole('heading', { level: 1 }).waitFor();

      await viewLink(page, 'Queue').click();
      await page.getByRole('link', { name: inThousands(size.messages), exact: true }).click();
      await drawsOnePage(page);
      const first = await page.locator('main tbody tr').first().getAttribute('data-row');
      const further = page.getByRole('button', { name: 'Next', exact: true });
      await press(page, further);
      await page.locator(`main tbody tr[data-row="${first ?? ''}"]`).waitFor({ state: 'detached' });
      await drawsOnePage(page);
      // Who pages by keys presses on: the button was away while the next page was read.
      expect(await hasFocus(further)).toBe(true);
      const some = cloud.users[Math.floor(size.users / 4)]?.id ?? '';
      await page.getByRole('searchbox').fill(some);
      await page.getByRole('button', { name: 'Search' }).click();
      await searchOn(page, some);

      await viewLink(page, 'Failures').click();
      await page.getByRole('link', { name: 'MaxDeliveryCountExceeded' }).first().click();
      await page.getByRole('heading', { name: /MaxDeliveryCountExceeded/ }).waitFor();
      await drawsOnePage(page);
      await page.getByText(`The oldest 200 were looked at, of ${String(size.deadLetters)}.`).waitFor();
      const next = page.getByRole('button', { name: 'Next' });
      await press(page, next);
      await page.getByText(/^51 to 100/).waitFor();
      await drawsOnePage(page);
      expect(await hasFocus(next)).toBe(true);

      const at = Date.now();
      const boxes = page.locator('main tbody input[type=checkbox]');
      const chosen: string[] = [];
      for (const index of [0, 7, 31]) {
        const box = boxes.nth(index);
        // Kind, class and user name the row.
        chosen.push(((await box.getAttribute('aria-label')) ?? '').split(' ').at(-1) ?? '');
        await box.check();
      }
      await page.getByRole('button', { name: 'Replay selected (3)…' }).click();
      await page.getByText(/Deciding 3 users now would give/).waitFor();
      await confirm(page, 'Replay', 'INC-12: three to try');
      const said = await closeWithResult(page);
      expect(said).toContain('3 users will be decided anew');
      expect(said).toContain('3 messages taken back');

      await waitUntil('the three are decided', async () => (await decidedSince(at)).length >= chosen.length);
      expect(await decidedSince(at)).toEqual([...chosen].sort());
      const figures = await measured();
      process.stderr.write(`${inWords('a large tenant', figures)}\n`);
      expect(figures.largest.bytes).toBeLessThan(largestAnswer);
      expect(figures.different.length).toBeLessThanOrEqual(mostRequests);
      expect(complaints).toEqual([]);
      await context.close();
    });
  });

  describe(`${inThousands(size.failures)} failures of one class`, () => {
    it(
      'are repaired in four clicks at most from opening the page',
      async () => {
        if (browser === undefined) return;
        // Those of the three that were replayed before are not open any more.
        const failed = await openFailures();
        expect(failed.length).toBeGreaterThanOrEqual(size.failures - 3);
        const writesBefore = (await cloud.control.writeLog(0)).length;
        const { page, context, complaints } = await openPage(browser, cloud, 'operator');
        const measured = await measurePage(page);
        const presses = await countPresses(page);

        await page.getByRole('button', { name: /^Replay….*all of class permission/ }).click();
        // How many are looked at depends on the machine.
        const preview = page.getByRole('dialog').getByText(/Deciding .* now would give/);
        await preview.waitFor();
        expect(await preview.textContent()).toContain(`${inThousands(failed.length)} users`);
        await confirm(page, 'Replay', 'INC-13: the permission is back');
        const said = await closeWithResult(page);
        expect(said).toContain(`${inThousands(failed.length)} users will be decided anew`);
        expect((await presses()).all).toBeLessThanOrEqual(4);
        process.stderr.write(`${inWords('many failures', await measured())}\n`);

        const rollout = await waitUntil(
          'the replay has ended',
          async () =>
            (await cloud.stores.rollouts.list()).find(
              ({ kind, endedAt }) => kind === 'replay' && endedAt !== null,
            ),
          longestWaitMs,
        );
        const members: string[] = [];
        for await (const { userId, state } of cloud.stores.rollouts.members(rollout.id)) {
          members.push(userId);
          expect(['pending', 'queued']).not.toContain(state);
        }
        expect(members.sort()).toEqual(failed);
        const written = (await cloud.control.writeLog(0))
          .slice(writesBefore)
          .filter(({ kind, status }) => kind === 'assignLicense' && status === 200)
          .map(({ userId }) => toUserId(userId));
        expect(written.length).toBeGreaterThan(0);
        expect(new Set(written).size).toBe(written.length);
        expect(written.filter((id) => !failed.includes(id))).toEqual([]);
        expect(await openFailures()).toEqual([]);
        await viewLink(page, 'Failures').click();
        await page.getByRole('heading', { level: 1, name: 'Failures' }).waitFor();
        await page.getByRole('link', { name: 'permission', exact: true }).waitFor({ state: 'detached' });
        expect(complaints).toEqual([]);
        await context.close();
      },
      longestWaitMs,
    );
  });
  describe('views of what is in such a tenant', () => {
    it('read well for all, in light and dark, wide and narrow', async () => {
      if (browser === undefined) return;
      const { page, context, complaints } = await openPage(browser, cloud, 'operator');
      const failed = cloud.users[0]?.id ?? '';
      const [rollout] = await cloud.stores.rollouts.list();
      const findings: string[] = [];
      const { active } = await cloud.stores.policies.pointer();
      const ids = { user: failed, sku: scarceSku, rollout: rollout?.id ?? '', policy: active ?? '' };
      for (const path of ['failures', ...Object.values(viewsOfOneThing).map((pathOf) => pathOf(ids))]) {
        await openView(page, `${cloud.cloud.file.functions.origin}/api/ui/${path}`);
        findings.push(...(await readsBadly(page)).map((one) => `${path}: ${one}`));
      }
      expect(findings).toEqual([]);
      expect(complaints).toEqual([]);
      await context.close();
    });
  });
}
