import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { readFileSync } from 'node:fs';
import type { Browser } from 'playwright-core';
import { openPage, startBrowser } from '../support/browser/open-page';
import { leaseTestCloud } from '../support/clouds/lease-cloud';
import type { TestCloud } from '../support/local-cloud';

/** More than one page of the screen, and of the file. */
const many = 230;

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

describe('the file of a list', () => {
  it('has all that the filter matches, not the rows of the page alone, and nothing that a spreadsheet would run', async () => {
    if (browser === undefined) return;
    const at = Date.now();
    for (let number = 0; number < many; number++)
      await cloud.stores.audit.record({
        at: at - number,
        by: 'ann@contoso.com',
        action: 'test/export',
        subject: `subject-${String(number)}`,
        why: '=HYPERLINK("https://example.com")',
        facts: {},
        result: 'done',
      });
    const { page, context, complaints } = await openPage(browser, cloud, 'viewer', {
      at: 'audit?action=test%2Fexport',
    });

    const downloading = page.waitForEvent('download');
    await page.getByRole('button', { name: 'Export all as CSV (10,000 rows at most)' }).click();
    const lines = readFileSync(await (await downloading).path(), 'utf8')
      .replace('\ufeff', '')
      .trimEnd()
      .split('\r\n');

    await page.getByText(`audit.csv has ${String(many)} rows: all there are.`).waitFor();
    expect(lines[0]).toBe('When,Who,What,On,Why,Result');
    expect(lines).toHaveLength(many + 1);
    expect(new Set(lines.slice(1).map((line) => /subject-\d+/.exec(line)?.[0])).size).toBe(many);
    expect(lines.slice(1).filter((line) => !line.includes(`"'=HYPERLINK`))).toEqual([]);
    expect(complaints).toEqual([]);
    await context.close();
  });
});
