import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { Browser } from 'playwright-core';
import { toUserId } from '../../shared/kernel/ids';
import { seriousFindings } from '../support/browser/check-access';
import { openPage, phone, startBrowser } from '../support/browser/open-page';
import { leaseTestCloud } from '../support/clouds/lease-cloud';
import { joiner, waitUntilLicensed } from '../support/judge-joiner';
import type { TestCloud } from '../support/local-cloud';

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

const script = '<img src=x onerror="document.title=1">';

describe('“why do I not have …?”', () => {
  it('is answered by rule and clause on a phone, for half a name; nothing is written or queued', async () => {
    if (browser === undefined) return;
    const name = `quentin${crypto.randomUUID().slice(0, 8)}`;
    const [user] = await cloud.bring([joiner(name, { displayName: `${name} ${script}` })]);
    await waitUntilLicensed(cloud, user?.id ?? '');
    // The cloud has users of other files, whose own looks may write meanwhile.
    const writes = async () => (await cloud.control.writeLog(0)).filter(({ userId }) => userId === user?.id);
    const writesBefore = await writes();
    const audited = async () => {
      for await (const entry of cloud.stores.audit.list({})) return entry.at;
      return null;
    };
    const auditBefore = await audited();
    const { page, context, complaints } = await openPage(browser, cloud, 'viewer', {
      size: phone,
      at: 'users',
    });

    const posted = new Set<string>();
    page.on('request', (request) => {
      const { pathname } = new URL(request.url());
      if (request.method() !== 'GET') posted.add(pathname.replace('/api/ops/v1', ''));
    });
    await page.getByRole('searchbox').fill(name.slice(0, 12));
    await page.getByRole('button', { name: 'Search' }).click();
    await page.getByRole('link', { name: new RegExp(name) }).click();
    await page.getByRole('heading', { level: 1, name: new RegExp(name) }).waitFor();

    // What a person or a directory wrote stays text.
    expect(await page.getByRole('heading', { level: 1 }).textContent()).toContain(script);
    expect(await page.locator('main img').count()).toBe(0);
    // The link carries the id, never the name.
    expect(page.url()).toContain(user?.id);
    expect(page.url()).not.toContain(name);
    await page.getByText('staff-ems-without-intune').first().click();
    await page.locator('summary', { hasText: 'frontline' }).click();
    await page.getByText('user.department -eq "Production"').first().waitFor();
    expect(await page.locator('.clause', { hasText: 'Production' }).first().textContent()).toContain('Sales');
    expect(await page.getByRole('button', { name: /Look again/ }).textContent()).toContain(
      'Needs the role Operator',
    );
    expect(await seriousFindings(page)).toEqual([]);

    expect(await writes()).toEqual(writesBefore);
    expect(await audited()).toBe(auditBefore);
    const timeline = await cloud.stores.users.timeline(toUserId(user?.id ?? ''));
    expect(timeline.filter(({ facts }) => facts['source'] === 'operator')).toEqual([]);
    expect([...posted]).toEqual(['/users/search']);
    expect(complaints).toEqual([]);
    await context.close();
  });
});
