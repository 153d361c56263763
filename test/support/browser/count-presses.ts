import type { Page } from 'playwright-core';

/** What a person did with a page since it was asked to count: presses of the mouse, and of buttons and links in any way. */
export type Presses = {
  /** Clicks and presses by keys: each is a decision of the person. */
  readonly all: number;
  /** Of them, by a pointer. */
  readonly byPointer: number;
};

/** Counts on this page from now on, over views but not over a reload. */
export async function countPresses(page: Page): Promise<() => Promise<Presses>> {
  await page.evaluate(`
    window.presses = { all: 0, byPointer: 0 };
    addEventListener('click', (event) => { if (event.isTrusted) window.presses.all += 1; }, true);
    addEventListener('pointerdown', (event) => { if (event.isTrusted) window.presses.byPointer += 1; }, true);
  `);
  return () => page.evaluate<Presses>('window.presses');
}
