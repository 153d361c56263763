import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { Browser } from 'playwright-core';
import { openPage, startBrowser, withoutOutage } from '../support/browser/open-page';
import type { OpenPage } from '../support/browser/open-page';
import { openView, readsBadly } from '../support/browser/reads-badly';
import { viewPaths } from '../support/browser/view-paths';
import { states } from '../../scripts/dashboard/page-states.cjs';
import { leaseTestCloud } from '../support/clouds/lease-cloud';
import type { TestCloud } from '../support/local-cloud';

/** The browser's own note that there is no such user. */
const isOfNoUser = (complaint: string) =>
  complaint.includes('status of 404') && complaint.includes('/users/00000000-0000-4000-8000-000000000000');

let browser: Browser | undefined;
let cloud: TestCloud;
let open: OpenPage;
beforeAll(async () => {
  browser = await startBrowser();
  if (browser === undefined) return;
  cloud = await leaseTestCloud('delta');
  open = await openPage(browser, cloud, 'operator');
});
afterAll(async () => {
  await browser?.close();
  await cloud?.stop();
});

describe('every view', () => {
  it.each(viewPaths)('reads well for all, in light and dark, wide and narrow: /%s', async (path) => {
    if (browser === undefined) return;
    const { page, complaints } = open;
    await openView(page, `${cloud.cloud.file.functions.origin}/api/ui/${path}`);

    expect(await readsBadly(page)).toEqual([]);
    expect(complaints.filter((one) => !isOfNoUser(one))).toEqual([]);
  });
});

describe('every state', () => {
  it.each(Object.entries(states))(
    'reads well for all, in light and dark, wide and narrow: %s',
    async (_name, state) => {
      if (browser === undefined) return;
      const { page, context, complaints } = await openPage(browser, cloud, 'operator', { hasOwnClock: true });
      await state.before?.(page);
      await page.goto(`${cloud.cloud.file.functions.origin}/api/ui/${state.path}`);
      await state.after?.(page);

      expect(await readsBadly(page)).toEqual([]);
      expect(withoutOutage(complaints)).toEqual([]);
      await context.close();
    },
  );
});
