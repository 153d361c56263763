import { describe, expect, it } from '@jest/globals';
import { renderReportHtml } from '../../../../cli/render/report/render-report-html';
import { renderReportText } from '../../../../cli/render/report/render-report-text';
import type { ReportFinding, TenantReport } from '../../../../shared/tenant/report/tenant-report';

const finding = (changes: Partial<ReportFinding> = {}): ReportFinding => ({
  code: 'groupErrors',
  title: 'Licenses of groups that were not assigned',
  text: 'The user is in the group.',
  count: 3,
  cost: null,
  lines: [1, 2, 3].map((number) => ({ id: String(number), name: `u${String(number)}`, detail: 'why' })),
  ...changes,
});
const report = (findings: readonly ReportFinding[], changes: Partial<TenantReport> = {}): TenantReport => ({
  at: '2026-05-04T08:00:00.000Z',
  users: { all: 1_234, licensed: 1_000, disabled: 3, guests: 4 },
  skus: [
    {
      skuId: 's',
      skuPartNumber: 'SPE_E3',
      status: 'Enabled',
      seats: { enabled: 1_100, consumed: 1_000, free: 100, warning: 0 },
      users: { all: 1_000, direct: 600, inherited: 500, both: 100 },
      price: 36,
      cost: { taken: 36_000, free: 3_600 },
    },
  ],
  cost: { taken: 36_000, free: 3_600, unpriced: ['EMS'] },
  findings,
  ...changes,
});
const names = (text: string) =>
  finding({ title: text, text, lines: [{ id: '1', name: text, detail: text }] });

describe('the HTML of a report', () => {
  it('shows what people named as text', () => {
    const nasty = `<script>alert("1")</script><img src=x onerror='a()'>&lt;`;

    const page = renderReportHtml(report([names(nasty)]), 10);

    expect(page).not.toMatch(/<script|<img/);
    expect(page.split('&lt;script&gt;alert(&quot;1&quot;)').length - 1).toBe(5);
    expect(page).toContain('&amp;lt;');
  });

  it('shows so many lines of each finding and says how many are left', () => {
    const page = renderReportHtml(report([finding()]), 2);

    expect(page).toContain('>u2</th>');
    expect(page).not.toContain('>u3</th>');
    expect(page).toContain('And 1 more');
  });

  it('tells what was looked for and not found apart from what is not known', () => {
    const found = [
      finding({ title: 'None', count: 0, lines: [] }),
      finding({ title: 'Unknown', count: null, lines: [] }),
    ];
    const page = renderReportHtml(report(found), 10);

    expect(page).toMatch(/Nothing found<\/h2>\s*<p>None\.<\/p>/);
    expect(page).toContain('<h2>Unknown</h2>');
  });

  it('has costs only where there are prices', () => {
    expect(renderReportHtml(report([]), 1)).toContain('36,000.00');
    expect(renderReportHtml(report([]), 1)).toContain('Without a price: EMS');
    expect(renderReportHtml(report([], { cost: null }), 1)).not.toContain('36,000.00');
  });

  it.each([
    ['HTML', renderReportHtml],
    ['text', renderReportText],
  ])('says where there are costs that those of findings do not add up: %s', (_name, render) => {
    const said = /Findings overlap/;

    expect(render(report([finding({ cost: 1 })]), 1)).toMatch(said);
    expect(render(report([finding()], { cost: null }), 1)).not.toMatch(said);
  });
});

describe('the text of a report', () => {
  it('fits 80 columns and names every finding', () => {
    const long = finding({ text: 'A long sentence that goes on. '.repeat(9), cost: 12.5 });
    const text = renderReportText(report([long, finding({ title: 'None', count: 0, lines: [] })]), 2);

    expect(Math.max(...text.split('\n').map((line) => line.length))).toBeLessThanOrEqual(80);
    expect(text).toContain('Licenses of groups that were not assigned: 3, 12.50 a month');
    expect(text).toContain('None: none');
    expect(text).toContain('and 1 more');
  });
});
