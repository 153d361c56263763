import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { Browser } from 'playwright-core';
import { press } from '../support/browser/by-keyboard';
import { desktop, openPage, startBrowser } from '../support/browser/open-page';
import { viewLink } from '../support/browser/view-link';
import { leaseTestCloud } from '../support/clouds/lease-cloud';
import type { TestCloud } from '../support/local-cloud';

let browser: Browser | undefined;
let cloud: TestCloud;
beforeAll(async () => {
  browser = await startBrowser();
  if (browser === undefined) return;
  cloud = await leaseTestCloud('delta');
  // The first counts; until then nothing can be said of failures and times.
  await cloud.runFunction('observe');
});
afterAll(async () => {
  await browser?.close();
  await cloud?.stop();
});

describe('the ops page in a browser', () => {
  it('signs in with the local issuer and says whether users are being licensed', async () => {
    if (browser === undefined) return;
    const { page, context, complaints } = await openPage(browser, cloud, 'viewer');

    // Not known until the first count is done; the page asks again by itself.
    await page.getByRole('heading', { level: 1, name: /Licensing|Late|Partly/ }).waitFor();

    expect(await page.locator('header').textContent()).toContain('viewer@licenser.local');
    await page.locator('header', { hasText: 'Licenser · contoso.com' }).waitFor();
    expect(await page.title()).toBe('Overview – contoso.com – Licenser');
    expect(new URL(page.url()).search).toBe('');
    expect(complaints).toEqual([]);
    await context.close();
  });

  it('says the verdict after two requests behind each other', async () => {
    if (browser === undefined) return;
    const context = await browser.newContext({ viewport: desktop });
    const page = await context.newPage();
    const asked: string[] = [];
    page.on('request', (request) => {
      const { pathname } = new URL(request.url());
      if (pathname.startsWith('/api/ops/')) asked.push(pathname.replace('/api/ops/v1', ''));
    });
    await page.goto(`${cloud.cloud.file.functions.origin}/api/ui/`);
    const person = page.getByRole('link', { name: 'Local viewer', exact: true });
    await person.waitFor();

    const pressedAt = performance.now();
    await person.click();
    await page.locator('#verdict').waitFor();
    const passed = performance.now() - pressedAt;

    // A slow first answer is asked for once more.
    expect(asked.slice(0, 2)).toEqual(['/me', '/overview']);
    expect(asked.slice(2).filter((path) => path !== '/overview')).toEqual([]);
    process.stderr.write(
      `the verdict was on the screen ${String(Math.round(passed))} ms after the sign-in\n`,
    );
    await context.close();
  });

  it('shows the verdict and the counts beside a view that was opened by a link, and the way to the overview', async () => {
    if (browser === undefined) return;
    const { page, context, complaints } = await openPage(browser, cloud, 'viewer', { at: 'audit' });
    const mark = page.getByRole('link', { name: /^(Licensing|Late|Partly): go to the overview$/ });
    await mark.waitFor();

    await press(page, viewLink(page, 'Rollouts'));
    await page.getByRole('heading', { level: 1, name: 'Rollouts' }).waitFor();
    // Who reads by ear or goes by keys is in the new view, not in the navigation.
    await page.locator('main:focus').waitFor();
    await press(page, mark);
    await page.locator('#verdict').waitFor();
    expect(await mark.count()).toBe(0);

    expect(complaints).toEqual([]);
    await context.close();
  });

  it('keeps the token in the tab alone, and asks anew after signing out', async () => {
    if (browser === undefined) return;
    const { page, context, complaints } = await openPage(browser, cloud, 'operator');

    expect((await context.cookies()).length).toBe(0);
    expect(await page.evaluate('Object.keys(localStorage).filter((key) => key.startsWith("oidc"))')).toEqual(
      [],
    );
    await page.getByText('operator@licenser.local').click();
    await page.getByRole('button', { name: 'Sign out' }).click();
    await page.getByRole('button', { name: 'Sign in' }).waitFor();

    expect(
      await page.evaluate('Object.keys(sessionStorage).filter((key) => key.startsWith("oidc.user"))'),
    ).toEqual([]);
    expect(complaints).toEqual([]);
    await context.close();
  });

  it('comes back to the view of the link after the sign-in', async () => {
    if (browser === undefined) return;
    const { page, context, complaints } = await openPage(browser, cloud, 'viewer', { at: 'runbook' });

    await page.getByRole('heading', { name: 'Runbook' }).waitFor();

    expect(new URL(page.url()).pathname).toBe('/api/ui/runbook');
    expect(complaints).toEqual([]);
    await context.close();
  });

  it('runs no script that is not its own', async () => {
    if (browser === undefined) return;
    const { page, context, complaints } = await openPage(browser, cloud, 'viewer');

    const ran = await page
      .evaluate(
        `(() => { const p = document.createElement('p'); p['inner' + 'HTML'] = '<img src=x>'; return 'ran'; })()`,
      )
      .catch((error: unknown) => String(error));

    expect(ran).toMatch(/TrustedHTML/);
    expect(complaints.join()).toMatch(/TrustedHTML/);
    await context.close();
  });
});
