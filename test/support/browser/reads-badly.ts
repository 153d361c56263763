import type { Page } from 'playwright-core';
import { seriousFindings } from './check-access';
import { desktop, phone } from './open-page';

/** Opens a view and waits until it has its data. */
export async function openView(page: Page, address: string): Promise<void> {
  await page.goto(address);
  await page.getByRole('heading', { level: 1 }).waitFor();
  await page.locator('.skeleton').first().waitFor({ state: 'detached' });
}

/** What does not read well on the view that is open, in light and dark, wide and narrow: one line each. The size is as before afterwards. */
export async function readsBadly(page: Page): Promise<readonly string[]> {
  const findings = [];
  const size = page.viewportSize();
  for (const colorScheme of ['light', 'dark'] as const) {
    await page.emulateMedia({ colorScheme });
    for (const one of [desktop, phone]) {
      await page.setViewportSize(one);
      findings.push(
        ...(await seriousFindings(page)).map((finding) => `${colorScheme} ${String(one.width)}: ${finding}`),
      );
      const width = await page.evaluate<number>('document.documentElement.scrollWidth');
      if (width > one.width) findings.push(`${String(one.width)}: scrolls sideways (${String(width)})`);
    }
  }
  if (size !== null) await page.setViewportSize(size);
  return findings;
}
