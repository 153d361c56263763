import type { Page } from 'playwright-core';

/** Waits for what a view shows once it has its answers. */
export function settled(tab: Page): Promise<void>;

/** By name: where it is shown, what is done before the view is opened, and after. The tab's clock is installed. */
export const states: Readonly<
  Record<
    string,
    {
      readonly path: string;
      readonly before?: (tab: Page) => Promise<unknown>;
      readonly after?: (tab: Page) => Promise<unknown>;
    }
  >
>;
