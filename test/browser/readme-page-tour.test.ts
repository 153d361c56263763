import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { Browser, Page } from 'playwright-core';
import { closeWithResult, confirm } from '../support/browser/act-in-page';
import { openPage, startBrowser } from '../support/browser/open-page';
import { leaseTestCloud } from '../support/clouds/lease-cloud';
import { joiner } from '../support/judge-joiner';
import { projectRoot } from '../support/local-cloud';
import type { TestCloud } from '../support/local-cloud';
import { viewLink } from '../support/browser/view-link';
import { waitUntil } from '../support/wait-until';

const readme = readFileSync(join(projectRoot, 'README.md'), 'utf8');
const [, tour = ''] = /<!-- page tour -->(.*)<!-- \/page tour -->/s.exec(readme) ?? [];
/** What a reader is to find on the page, in order. */
const labels = [...tour.matchAll(/\[([^\]]+)\]/g)].map(([, label = '']) => label);

let browser: Browser | undefined;
let cloud: TestCloud;
beforeAll(async () => {
  browser = await startBrowser();
  if (browser !== undefined) cloud = await leaseTestCloud('delta');
});
afterAll(async () => {
  await browser?.close();
  await cloud?.stop();
});

/** What the reader does at a label, where it is more than to open a view. */
const acts: Readonly<Record<string, (page: Page) => Promise<unknown>>> = {
  'Pause this SKU…': async (page) => {
    await page.getByLabel('SKU to pause').selectOption('VISIOCLIENT');
    await page.getByRole('button', { name: 'Pause this SKU…' }).click();
    await confirm(page, 'Pause', 'the tour');
    await closeWithResult(page);
    await viewLink(page, 'Overview').click();
  },
  'Resume…': async (page) => {
    await page.locator('.causes li', { hasText: 'the tour' }).getByRole('button').click();
    await confirm(page, 'Resume', 'the tour is over');
    await closeWithResult(page);
  },
  'Edit, check and plan': (page) => page.getByText('Edit, check and plan').click(),
  '1. Check': async (page) => {
    await page.getByRole('button', { name: '1. Check' }).click();
    await page.locator('details').getByText('It is valid for this tenant.').waitFor();
  },
};

describe('the tour of the page in the README', () => {
  it('names what is there, in this order, for someone who has read nothing else', async () => {
    if (browser === undefined) return;
    expect(labels.length).toBeGreaterThan(8);
    const [planner] = await cloud.bring([joiner(`planner.${crypto.randomUUID()}`, { jobTitle: 'Planner' })]);
    await waitUntil('one waits for a seat', async () => {
      for await (const { userId } of cloud.stores.attention.list('waiting'))
        if (userId === planner?.id.toLowerCase()) return true;
      return false;
    });
    await cloud.runFunction('observe');
    const { page, context, complaints } = await openPage(browser, cloud, 'operator');
    await waitUntil('the page says who waits', async () => {
      await cloud.runFunction('observe');
      return (await page.locator('main').textContent())?.includes('PROJECTPROFESSIONAL has no seat');
    });

    for (const label of labels) {
      const place = page
        .getByRole('link', { name: label, exact: true })
        .or(page.getByRole('button', { name: label }))
        .or(page.locator('summary', { hasText: label }))
        .first();
      await place.waitFor();
      const act = acts[label];
      if (act !== undefined) await act(page);
      else if ((await page.locator('nav a', { hasText: label }).count()) > 0) await place.click();
    }

    expect(await cloud.stores.control.pauses()).toEqual([]);
    expect(complaints).toEqual([]);
    await context.close();
  });
});
