import type { PlanChangeView, PreviewView } from '../../shared/ops/preview/preview-view';

const columns = [
  'id',
  'userPrincipalName',
  'outcome',
  'gains',
  'loses',
  'plansOn',
  'plansOff',
  'usageLocation',
  'reduction',
  'reasons',
];

/** A plan's users as CSV (RFC 4180): a header and one line a user, several values in one field apart by `; `. */
export function renderPlanCsv({ lines }: PreviewView): string {
  const plans = (changes: readonly PlanChangeView[]) =>
    changes.flatMap((one) => one.plans.map((plan) => `${one.sku}:${plan}`)).join('; ');
  const rows = lines.map((line) => [
    line.id,
    line.userPrincipalName ?? '',
    line.outcome,
    line.gains.join('; '),
    line.loses.join('; '),
    plans(line.plansOn),
    plans(line.plansOff),
    line.usageLocation ?? '',
    String(line.reduction),
    line.reasons.map(({ text }) => text).join(' '),
  ]);
  return [columns, ...rows].map((row) => `${row.map(toField).join(',')}\r\n`).join('');
}

/**
 * A text that a spreadsheet would run as a formula begins with an apostrophe, which makes it a text
 * (https://owasp.org/www-community/attacks/CSV_Injection).
 */
function toField(given: string): string {
  const text = /^[=+\-@\t\r]/.test(given) ? `'${given}` : given;
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
