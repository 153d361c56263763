import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import type { Browser, BrowserContext, Page } from 'playwright-core';
import { renderReportHtml } from '../../cli/render/report/render-report-html';
import type { TenantReport } from '../../shared/tenant/report/tenant-report';
import { seriousFindings } from '../support/browser/check-access';
import { desktop, phone, startBrowser } from '../support/browser/open-page';

const report: TenantReport = {
  at: '2026-05-04T08:00:00.000Z',
  users: { all: 312, licensed: 210, disabled: 12, guests: 15 },
  skus: ['SPE_E3', 'EMS', 'Microsoft_365_Copilot'].map((skuPartNumber, index) => ({
    skuId: skuPartNumber,
    skuPartNumber,
    status: 'Enabled',
    seats: { enabled: 1_000, consumed: 210 + index, free: 790 - index, warning: 0 },
    users: { all: 210 + index, direct: 200, inherited: 20, both: 10 - index },
    price: index === 0 ? 36 : null,
    cost: index === 0 ? { taken: 7_560, free: 28_440 } : null,
  })),
  cost: { taken: 7_560, free: 28_440, unpriced: ['EMS', 'Microsoft_365_Copilot'] },
  findings: [
    {
      code: 'groupErrors',
      title: 'Licenses of groups that were not assigned',
      text: 'The user is in the group and does not have the license.',
      count: 80,
      cost: null,
      lines: Array.from({ length: 80 }, (_, number) => ({
        id: String(number),
        name: `a.very.long.name.of.a.person.${String(number)}@subsidiary.contoso.example.com`,
        detail:
          'SPE_E3 by LIC-E3: CountViolation, no seat was free: buy or free one, then reprocess the group',
      })),
    },
    {
      code: 'neverSignedIn',
      title: 'Never signed in, with paid licenses',
      text: 'Not known: reading sign-ins takes AuditLog.Read.All.',
      count: null,
      cost: null,
      lines: [],
    },
  ],
};

let browser: Browser | undefined;
let context: BrowserContext;
let page: Page;
let folder: string;
const complaints: string[] = [];

beforeAll(async () => {
  browser = await startBrowser();
  if (browser === undefined) return;
  folder = mkdtempSync(join(tmpdir(), 'licenser-report-'));
  const file = join(folder, 'report.html');
  writeFileSync(file, renderReportHtml(report, 100));
  context = await browser.newContext({ offline: true });
  page = await context.newPage();
  page.on('console', (message) => complaints.push(message.text()));
  page.on('request', (request) => {
    if (!request.url().startsWith('file:')) complaints.push(request.url());
  });
  await page.goto(pathToFileURL(file).href);
});
afterAll(async () => {
  await browser?.close();
  if (folder !== undefined) rmSync(folder, { recursive: true, force: true });
});

it('a report opens without network and reads well for all, in light and dark, wide and narrow', async () => {
  if (browser === undefined) return;
  const findings = [];
  for (const colorScheme of ['light', 'dark'] as const) {
    await page.emulateMedia({ colorScheme });
    for (const size of [desktop, phone]) {
      await page.setViewportSize(size);
      findings.push(...(await seriousFindings(page)));
      const width = await page.evaluate<number>('document.documentElement.scrollWidth');
      if (width > size.width) findings.push(`${String(size.width)}: scrolls sideways (${String(width)})`);
    }
  }

  expect(findings).toEqual([]);
  expect(complaints).toEqual([]);
});

it('prints dark on white over several pages, with nothing cut off', async () => {
  if (browser === undefined) return;
  // As wide as A4 without its margins, at 96 dots an inch.
  await page.setViewportSize({ width: 680, height: 1_000 });
  await page.emulateMedia({ media: 'print', colorScheme: 'dark' });
  const [color, paper, width] = await page.evaluate<[string, string, number]>(
    '[getComputedStyle(document.body).color, getComputedStyle(document.body).backgroundColor, document.documentElement.scrollWidth]',
  );
  const pdf = await page.pdf({ format: 'A4' });

  expect([color, paper]).toEqual(['rgb(0, 0, 0)', 'rgb(255, 255, 255)']);
  expect(width).toBeLessThanOrEqual(680);
  expect(pdf.subarray(0, 5).toString()).toBe('%PDF-');
  expect(pdf.toString('latin1').match(/\/Type\s*\/Page\b/g)?.length).toBeGreaterThan(1);
});
