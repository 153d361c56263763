import type { Locator, Page } from 'playwright-core';

/** The entry of the navigation with that title, whether or not a count stands beside it: counts come with the overview. */
export function viewLink(page: Page, title: string): Locator {
  return page
    .getByRole('navigation', { name: 'Views' })
    .getByRole('link', { name: new RegExp(`^${title}(?:$| ?: ?\\d)`) });
}
