import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { Browser } from 'playwright-core';
import { seriousFindings } from '../support/browser/check-access';
import { desktop, openPage, phone, startBrowser } from '../support/browser/open-page';
import type { OpenPage } from '../support/browser/open-page';
import { viewPaths } from '../support/browser/view-paths';
import { leaseTestCloud } from '../support/clouds/lease-cloud';
import type { TestCloud } from '../support/local-cloud';

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
    await page.goto(`${cloud.cloud.file.functions.origin}/api/ui/${path}`);
    await page.getByRole('heading', { level: 1 }).waitFor();
    await page.locator('.skeleton').first().waitFor({ state: 'detached' });

    const findings = [];
    for (const colorScheme of ['light', 'dark'] as const) {
      await page.emulateMedia({ colorScheme });
      for (const size of [desktop, phone]) {
        await page.setViewportSize(size);
        findings.push(
          ...(await seriousFindings(page)).map((one) => `${colorScheme} ${String(size.width)}: ${one}`),
        );
        const width = await page.evaluate<number>('document.documentElement.scrollWidth');
        if (width > size.width) findings.push(`${String(size.width)}: scrolls sideways (${String(width)})`);
      }
    }

    expect(findings).toEqual([]);
    expect(complaints).toEqual([]);
  });
});
