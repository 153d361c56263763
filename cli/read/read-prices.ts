import { UserError } from '../../shared/kernel/errors';
import { partNumbersOf } from '../../shared/policy/products/part-numbers';
import { readTextFile } from '../io';
import type { Io } from '../io';
import { visibleLine } from '../visible-text';
import { parseCsv } from './read-csv';

const skuTitles = ['sku', 'skupartnumber', 'partnumber', 'skuid'];
const priceTitles = ['price', 'unitprice', 'pricepermonth'];

export type PriceList = {
  /** Of a seat a month, by part number or id in lower case. */
  readonly prices: ReadonlyMap<string, number>;
  /** Of each line what it may mean, in lower case: several where Microsoft sells several SKUs under one name. */
  readonly meant: readonly (readonly string[])[];
};

export const noPrices: PriceList = { prices: new Map(), meant: [] };

/**
 * Prices of a CSV file (comma, semicolon or tab): the columns `sku` (part number, id or product name) and `price` (of a seat
 * a month). The price of a name that Microsoft sells several SKUs under is that of each.
 * @throws UserError `cli/csv` with the line
 */
export async function readPricesCsv(io: Io, path: string): Promise<PriceList> {
  const [header, ...rows] = parseCsv(await readTextFile(io, path), path);
  const names = (header?.fields ?? []).map((title) => title.toLowerCase().replace(/[^a-z]/g, ''));
  const columnOf = (titles: readonly string[]) => names.findIndex((name) => titles.includes(name));
  const [sku, price] = [columnOf(skuTitles), columnOf(priceTitles)];
  if (sku < 0 || price < 0) {
    throw new UserError('cli/csv', `${path} has no columns sku and price`, {
      hint: `Its first line names these columns: ${(header?.fields ?? []).join(', ') || 'none'}.`,
    });
  }
  const prices = new Map<string, number>();
  const meant: (readonly string[])[] = [];
  for (const { fields, line } of rows) {
    const written = (fields[sku] ?? '').trim();
    const amount = amountOf(fields[price] ?? '');
    if (written === '' || amount === undefined) {
      throw new UserError('cli/csv', `${path}:${String(line)} has no SKU, or no price that is a number`, {
        hint: 'A price is a number such as 57.00 or 57,00, without a currency.',
      });
    }
    const partNumbers = partNumbersOf(written).map((one) => one.toLowerCase());
    meant.push(partNumbers);
    for (const name of partNumbers) {
      const before = prices.get(name);
      if (before !== undefined && before !== amount) {
        throw new UserError(
          'cli/csv',
          `${path}:${String(line)} gives ${written} the price ${String(amount)}, and a line before it gave ${name} ${String(before)}`,
          { hint: 'Leave one of the two lines out.' },
        );
      }
      prices.set(name, amount);
    }
  }
  return { prices, meant };
}

const mostNamed = 10;

/**
 * What to tell of prices that name no SKU of the tenant, one line at most: a slip in a part number would look like a SKU
 * without a price.
 */
export function describeUnknownPrices(
  { meant }: Pick<PriceList, 'meant'>,
  skus: readonly { readonly skuId: string; readonly skuPartNumber: string }[],
): readonly string[] {
  const known = new Set(skus.flatMap((sku) => [sku.skuPartNumber.toLowerCase(), sku.skuId.toLowerCase()]));
  const unknown = meant
    .filter((partNumbers) => !partNumbers.some((name) => known.has(name)))
    .map(([name = '']) => name);
  if (unknown.length === 0) return [];
  const more = unknown.length > mostNamed ? ` and ${String(unknown.length - mostNamed)} more` : '';
  const names = unknown.slice(0, mostNamed).join(', ');
  return [visibleLine(`--prices names SKUs that the tenant does not have: ${names}${more}`)];
}

/** `57`, `57.00`, or `57,00` as spreadsheets of many countries write it. */
function amountOf(text: string): number | undefined {
  const plain = text.trim().replace(/^(\d+),(\d{1,2})$/, '$1.$2');
  return /^\d+(\.\d+)?$/.test(plain) ? Number(plain) : undefined;
}
