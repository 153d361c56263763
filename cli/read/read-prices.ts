import { UserError } from '../../shared/kernel/errors';
import { partNumbersOf } from '../../shared/policy/products/part-numbers';
import { readTextFile } from '../io';
import type { Io } from '../io';
import { parseCsv } from './read-csv';

const skuTitles = ['sku', 'skupartnumber', 'partnumber', 'skuid'];
const priceTitles = ['price', 'unitprice', 'pricepermonth'];

/**
 * Prices of a CSV file (comma, semicolon or tab): the columns `sku` (part number, id or product name) and `price` (of a seat a month).
 * By part number or id in lower case.
 * @throws UserError `cli/csv` with the line
 */
export async function readPricesCsv(io: Io, path: string): Promise<ReadonlyMap<string, number>> {
  const [header, ...rows] = parseCsv(await readTextFile(io, path), path);
  const names = (header?.fields ?? []).map((title) => title.toLowerCase().replace(/[^a-z]/g, ''));
  const columnOf = (titles: readonly string[]) => names.findIndex((name) => titles.includes(name));
  const [sku, price] = [columnOf(skuTitles), columnOf(priceTitles)];
  if (sku < 0 || price < 0) {
    throw new UserError('cli/csv', `${path} has no columns sku and price`, {
      hint: `Its first line names these columns: ${(header?.fields ?? []).join(', ') || 'none'}.`,
    });
  }
  return new Map(
    rows.map(({ fields, line }) => {
      const written = (fields[sku] ?? '').trim();
      const [meant = written, ...others] = partNumbersOf(written);
      const name = (others.length === 0 ? meant : written).toLowerCase();
      const amount = amountOf(fields[price] ?? '');
      if (name !== '' && amount !== undefined) return [name, amount];
      throw new UserError('cli/csv', `${path}:${String(line)} has no SKU, or no price that is a number`, {
        hint: 'A price is a number such as 57.00 or 57,00, without a currency.',
      });
    }),
  );
}

/** `57`, `57.00`, or `57,00` as spreadsheets of many countries write it. */
function amountOf(text: string): number | undefined {
  const plain = text.trim().replace(/^(\d+),(\d{1,2})$/, '$1.$2');
  return /^\d+(\.\d+)?$/.test(plain) ? Number(plain) : undefined;
}
