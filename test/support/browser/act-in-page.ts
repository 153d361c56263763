import type { Page } from 'playwright-core';

/** Fills in the dialog that is open: the reason, the count where it is asked for, and the button. */
export async function confirm(page: Page, button: string, why: string, typed?: string): Promise<void> {
  const dialog = page.getByRole('dialog');
  await dialog.getByLabel(/^Why\?/).fill(why);
  if (typed !== undefined) await dialog.getByLabel(/^Type/).fill(typed);
  await dialog.getByRole('button', { name: button, exact: true }).click();
}

/** Waits for the answer of the dialog and closes it. @returns what it said */
export async function closeWithResult(page: Page): Promise<string> {
  const dialog = page.getByRole('dialog');
  const result = dialog.locator('.result');
  await result.waitFor();
  const text = (await result.textContent()) ?? '';
  await dialog.getByRole('button', { name: 'Close' }).click();
  await dialog.waitFor({ state: 'detached' });
  return text;
}

/** Whether something is in the first screen, without scrolling. */
export async function isOnFirstScreen(page: Page, selector: string): Promise<boolean> {
  const box = await page.locator(selector).first().boundingBox();
  const height = page.viewportSize()?.height ?? 0;
  return box !== null && box.y >= 0 && box.y + box.height <= height;
}
