import type { Locator, Page } from 'playwright-core';

/** More stops than any view has: what Tab does not reach by then, it never reaches. */
const mostStops = 400;

/**
 * Moves the focus to an element by the Tab key alone, as a person without a mouse does.
 * @throws Error when Tab never comes there
 */
export async function tabTo(page: Page, target: Locator): Promise<void> {
  await target.waitFor();
  for (let stop = 0; stop < mostStops; stop++) {
    if (await hasFocus(target)) return;
    await page.keyboard.press('Tab');
  }
  throw new Error(`Tab does not reach ${target.toString()}`);
}

/** Of the page in which the function runs; this project has no types of a browser. */
type BrowserGlobal = { readonly document?: { readonly activeElement: unknown } };

/** Whether the keys that are pressed now go to this element. */
export function hasFocus(target: Locator): Promise<boolean> {
  return target.evaluate(
    (element: unknown) => element === (globalThis as BrowserGlobal).document?.activeElement,
  );
}

/** Tab to a button or a link, and Enter. */
export async function press(page: Page, target: Locator): Promise<void> {
  await tabTo(page, target);
  await page.keyboard.press('Enter');
}

/** Tab to a field, and type into it. */
export async function typeInto(page: Page, target: Locator, text: string): Promise<void> {
  await tabTo(page, target);
  await page.keyboard.insertText(text);
}

/** Fills in the dialog that is open, by keys alone. `typed`: the count, where it is asked for. */
export async function confirmByKeys(page: Page, button: string, why: string, typed?: string): Promise<void> {
  const dialog = page.getByRole('dialog');
  await typeInto(page, dialog.getByLabel(/^Why\?/), why);
  if (typed !== undefined) await typeInto(page, dialog.getByLabel(/^Type/), typed);
  await press(page, dialog.getByRole('button', { name: button, exact: true }));
}

/** Waits for what the dialog says came of it, and closes it by keys. @returns what it said */
export async function closeByKeys(page: Page): Promise<string> {
  const dialog = page.getByRole('dialog');
  const result = dialog.locator('.result');
  await result.waitFor();
  const text = (await result.textContent()) ?? '';
  await press(page, dialog.getByRole('button', { name: 'Close' }));
  await dialog.waitFor({ state: 'detached' });
  return text;
}
