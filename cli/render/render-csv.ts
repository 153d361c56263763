import type { PlanChangeView, PlanLineView, PreviewView } from '../../shared/ops/preview/preview-view';

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

/** So many lines at a time: those of a large tenant are more than one text should hold. */
const linesOfPart = 1_000;

/** A plan's users as CSV (RFC 4180), in parts: a header and one line a user, several values in one field apart by `; `. */
export function* planCsvParts({ lines }: PreviewView): Iterable<string> {
  yield toRow(columns);
  for (let from = 0; from < lines.length; from += linesOfPart) {
    yield lines
      .slice(from, from + linesOfPart)
      .map((line) => toRow(fieldsOf(line)))
      .join('');
  }
}

/** The same as one text. */
export function renderPlanCsv(view: PreviewView): string {
  return [...planCsvParts(view)].join('');
}

function fieldsOf(line: PlanLineView): readonly string[] {
  const plans = (changes: readonly PlanChangeView[]) =>
    changes.flatMap((one) => one.plans.map((plan) => `${one.sku}:${plan}`)).join('; ');
  return [
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
  ];
}

function toRow(fields: readonly string[]): string {
  return `${fields.map(toField).join(',')}\r\n`;
}

/**
 * A text that a spreadsheet would run as a formula begins with an apostrophe, which makes it a text
 * (https://owasp.org/www-community/attacks/CSV_Injection).
 */
function toField(given: string): string {
  const text = /^[=+\-@\t\r]/.test(given) ? `'${given}` : given;
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
