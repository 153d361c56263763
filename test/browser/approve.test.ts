import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { Browser } from 'playwright-core';
import { findLocalPerson } from '../../local/identity/people';
import { confirm } from '../support/browser/act-in-page';
import { seriousFindings } from '../support/browser/check-access';
import { openPage, startBrowser } from '../support/browser/open-page';
import { ems, joiner, waitUntilLicensed } from '../support/judge-joiner';
import { startTestCloud } from '../support/local-cloud';
import type { TestCloud } from '../support/local-cloud';
import { waitUntil } from '../support/wait-until';

let browser: Browser | undefined;
let cloud: TestCloud;
beforeAll(async () => {
  browser = await startBrowser();
  if (browser === undefined) return;
  cloud = await startTestCloud({
    settings: { LICENSER_APPROVAL: 'always', LICENSER_DELTA_SCHEDULE: '*/1 * * * * *' },
  });
});
afterAll(async () => {
  await browser?.close();
  await cloud?.stop();
});

const holds = async (userId: string) => {
  const { body } = await cloud.graph('GET', `/users/${userId}?$select=id,assignedLicenses`);
  return body['assignedLicenses'] as readonly { skuId: string; disabledPlans: readonly string[] }[];
};

describe('a changed policy', () => {
  it('is checked, planned and activated on the page, and changes users once another person approved it', async () => {
    if (browser === undefined) return;
    const users = await cloud.bring(
      Array.from({ length: 4 }, (_none, index) => joiner(`approve${String(index)}.${crypto.randomUUID()}`)),
    );
    for (const { id } of users) await waitUntilLicensed(cloud, id);
    const asker = await openPage(browser, cloud, 'operator', { at: 'policy' });

    await asker.page.getByText('Edit, check and plan').click();
    const editor = asker.page.getByLabel('Policy', { exact: true });
    const text = await editor.inputValue();
    await editor.fill(text.replace('sku: EMS, disable: [INTUNE_A]', 'sku: EMS, disable: [INTUNE_AA]'));
    await asker.page.getByRole('button', { name: '1. Check' }).click();
    await asker.page.getByText('It cannot be used.').waitFor();
    expect(await asker.page.locator('code', { hasText: /^\d+:\d+$/ }).count()).toBeGreaterThan(0);
    await editor.fill(text.replace('sku: EMS, disable: [INTUNE_A]', 'sku: EMS, disable: []'));
    await asker.page.getByRole('button', { name: '1. Check' }).click();
    // The stored policy above it is valid, too.
    await asker.page.locator('details').getByText('It is valid for this tenant.').waitFor();
    await asker.page.getByRole('button', { name: '2. Plan over every user' }).click();
    await asker.page.getByRole('heading', { name: 'The plan' }).waitFor({ timeout: 120_000 });
    expect(await seriousFindings(asker.page)).toEqual([]);
    await asker.page.getByRole('button', { name: '3. Activate…' }).click();
    await confirm(asker.page, 'Activate', 'CHG-5: INTUNE for Sales');
    await asker.page.getByRole('link', { name: 'See the rollout' }).click({ timeout: 120_000 });
    await asker.page.getByText('awaiting', { exact: true }).waitFor();
    const approve = asker.page.getByRole('button', { name: /Approve…/ });
    expect(await approve.getAttribute('aria-disabled')).toBe('true');
    const rollout = new URL(asker.page.url()).pathname.split('/').at(-1) ?? '';
    expect((await holds(users[0]?.id ?? ''))[0]?.disabledPlans).toHaveLength(1);

    const second = await openPage(browser, cloud, 'approver', { at: `rollouts/${rollout}` });
    const members = (await cloud.stores.rollouts.read(rollout))?.members ?? 0;
    await second.page.getByRole('button', { name: 'Approve…' }).click();
    await confirm(second.page, 'Approve', 'CHG-5 is agreed', String(members));
    await second.page.getByRole('dialog').locator('.result').waitFor({ timeout: 120_000 });

    await waitUntil('all have the changed plans', async () => {
      const held = await Promise.all(users.map(({ id }) => holds(id)));
      return held.every(([license]) => license?.skuId === ems && license.disabledPlans.length === 0);
    });
    const audited = [];
    for await (const { action, byId, result } of cloud.stores.audit.list({})) {
      if (/^(policy\/activate|rollout\/approve)$/.test(action))
        audited.push(`${action} ${byId ?? ''} ${result ?? ''}`);
    }
    expect([...new Set(audited)].sort()).toEqual([
      `policy/activate ${findLocalPerson('operator')?.id ?? ''} done`,
      `rollout/approve ${findLocalPerson('approver')?.id ?? ''} done`,
    ]);
    expect([...asker.complaints, ...second.complaints]).toEqual([]);
  });
});
