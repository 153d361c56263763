import type { ReportFinding, ReportSku, TenantReport } from '../../../shared/tenant/report/tenant-report';
import { costsOverlap, countText, moneyText } from './amounts';
import { html } from './html-text';
import type { Html } from './html-text';
import { reportStyle } from './report-style';

/** A report as one HTML file that needs nothing else; `limit`: lines of each finding. */
export function renderReportHtml(report: TenantReport, limit: number): string {
  const { at, users, skus, cost, findings } = report;
  const when = `${at.slice(0, 10)} ${at.slice(11, 16)} UTC`;
  const found = findings.filter(({ count }) => count !== 0);
  const none = findings.filter(({ count }) => count === 0);
  const page = html`<!doctype html>
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <meta name="referrer" content="no-referrer" />
        <meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'" />
        <title>Licensing report, ${when}</title>
        <style>
          ${reportStyle}
        </style>
      </head>
      <body>
        <main>
          <h1>Licensing report</h1>
          <p class="soft">As of ${when}. It names users: keep it as you keep other personal data.</p>
          <dl>
            ${fact('Users', countText(users.all))} ${fact('With a license', countText(users.licensed))}
            ${fact('Guests', countText(users.guests))} ${fact('Disabled', countText(users.disabled))}
            ${cost === null ? [] : [fact('A month, seats taken', moneyText(cost.taken)), fact('A month, seats free', moneyText(cost.free))]}
          </dl>
          ${costNote(cost)}
          <h2>Seats</h2>
          <div class="wide" role="region" aria-label="Seats by SKU" tabindex="0">
            ${seatTable(skus, cost !== null)}
          </div>
          ${found.map((finding) => section(finding, limit))}
          ${
            none.length === 0
              ? []
              : [
                  html`<h2>Nothing found</h2>
                    <p>${none.map(({ title }) => title).join('; ')}.</p>`,
                ]
          }
        </main>
      </body>
    </html> `;
  return page.text;
}

function fact(name: string, value: string): Html {
  return html`<div>
    <dt>${name}</dt>
    <dd>${value}</dd>
  </div> `;
}

function costNote(cost: TenantReport['cost']): Html {
  if (cost === null) return html`<p class="soft">No prices were given, so there are no costs.</p>`;
  const { unpriced } = cost;
  const without = unpriced.length === 0 ? '' : ` Without a price: ${unpriced.join(', ')}.`;
  return html`<p class="soft">
    Costs are a month's, in the currency of the prices.${without} ${costsOverlap}
  </p>`;
}

function seatTable(skus: readonly ReportSku[], hasCost: boolean): Html {
  return html`<table>
    <caption>
      By SKU: seats by Microsoft's count, users by how the license came
    </caption>
    <thead>
      <tr>
        <th scope="col">SKU</th>
        ${numberHeads(['Seats', 'Taken', 'Free', 'Direct', 'By group', 'Both'])}${hasCost ? numberHeads(['Seat', 'Taken, a month', 'Free, a month']) : []}
      </tr>
    </thead>
    <tbody>
      ${skus.map(
        ({ skuPartNumber, seats, users, price, cost }) =>
          html`<tr>
            <th scope="row">${skuPartNumber}</th>
            ${numbers([seats.enabled, seats.consumed, seats.free, users.direct, users.inherited, users.both].map(countText))}${hasCost ? numbers([price, cost?.taken ?? null, cost?.free ?? null].map((amount) => (amount === null ? 'not known' : moneyText(amount)))) : []}
          </tr> `,
      )}
    </tbody>
  </table>`;
}

function numberHeads(titles: readonly string[]): Html[] {
  return titles.map((title) => html`<th scope="col" class="number">${title}</th>`);
}

function numbers(texts: readonly string[]): Html[] {
  return texts.map((text) => html`<td class="number">${text}</td>`);
}

function section({ title, text, count, cost, lines }: ReportFinding, limit: number): Html {
  const money = cost === null || cost === 0 ? '' : `, ${moneyText(cost)} a month`;
  const heading = count === null ? title : `${title}: ${countText(count)}${money}`;
  const shown = lines.slice(0, limit);
  const more = lines.length - shown.length;
  const isOfSkus = lines.every(({ id }) => id === null);
  return html`<section>
    <h2>${heading}</h2>
    <p>${text}</p>
    ${shown.length === 0 ? [] : [findingTable(title, isOfSkus ? 'SKU' : 'User', shown)]}
    ${more > 0 ? [html`<p class="soft">And ${countText(more)} more; --limit shows more, --format json all.</p>`] : []}
  </section> `;
}

function findingTable(title: string, what: string, lines: ReportFinding['lines']): Html {
  return html`<table>
    <caption>
      ${title}
    </caption>
    <thead>
      <tr>
        <th scope="col">${what}</th>
        <th scope="col">Detail</th>
      </tr>
    </thead>
    <tbody>
      ${lines.map(
        ({ name, detail }) =>
          html`<tr>
            <th scope="row">${name}</th>
            <td>${detail}</td>
          </tr> `,
      )}
    </tbody>
  </table>`;
}
