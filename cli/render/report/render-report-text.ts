import type { ReportFinding, TenantReport } from '../../../shared/tenant/report/tenant-report';
import { paint } from '../paint';
import { renderTable } from '../render-table';
import { wrapText } from '../wrap-text';
import { costsOverlap, countText, moneyText } from './amounts';

/** A report for a terminal; `limit`: lines of each finding. */
export function renderReportText(report: TenantReport, limit: number): string {
  const { users, skus, cost, findings } = report;
  return [
    `${paint('bold', 'Licensing')} at ${report.at.slice(0, 16)} UTC`,
    `${countText(users.all)} users, ${countText(users.licensed)} with a license; ${countText(users.guests)} guests, ${countText(users.disabled)} disabled`,
    ...(cost === null
      ? ['No prices: give --prices FILE, or a policy with prices.']
      : [
          `a month ${moneyText(cost.taken)} for seats that are taken, ${moneyText(cost.free)} for free ones`,
          ...(cost.unpriced.length === 0 ? [] : wrapText(`without a price: ${cost.unpriced.join(', ')}`, 80)),
        ]),
    '',
    renderTable(
      [
        { title: 'SKU', flexible: true },
        { title: 'seats', align: 'right' },
        { title: 'taken', align: 'right' },
        { title: 'free', align: 'right' },
        { title: 'direct', align: 'right' },
        { title: 'by group', align: 'right' },
        ...(cost === null ? [] : [{ title: 'a month', align: 'right' } as const]),
      ],
      skus.map((sku) => [
        sku.skuPartNumber,
        countText(sku.seats.enabled),
        countText(sku.seats.consumed),
        countText(sku.seats.free),
        countText(sku.users.direct),
        countText(sku.users.inherited),
        ...(cost === null ? [] : [sku.cost === null ? '' : moneyText(sku.cost.taken)]),
      ]),
    ).trimEnd(),
    ...(cost === null ? [] : ['', ...wrapText(costsOverlap, 80)]),
    ...findings.flatMap((finding) => ['', ...renderFinding(finding, limit)]),
    '',
  ].join('\n');
}

function renderFinding(finding: ReportFinding, limit: number): string[] {
  const { title, text, count, cost, lines } = finding;
  const money = cost === null || cost === 0 ? '' : `, ${moneyText(cost)} a month`;
  if (count === 0) return [`${title}: none`];
  const head = count === null ? paint('bold', title) : `${paint('bold', title)}: ${countText(count)}${money}`;
  const shown = lines.slice(0, limit);
  const more = lines.length - shown.length;
  return [
    head,
    ...wrapText(text, 76).map((line) => `  ${line}`),
    ...shown.flatMap(({ name, detail }) => [
      `  ${name}`,
      ...wrapText(detail, 74).map((line) => `    ${line}`),
    ]),
    ...(more > 0 ? [`  and ${countText(more)} more (--limit, --json)`] : []),
  ];
}
