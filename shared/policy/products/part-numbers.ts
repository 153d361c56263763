import { isGuid } from '../../kernel/ids';
import table from './products.json';
import { bareName, squeezeName, usualNames } from './product-names';

/** A SKU of Microsoft's table of product names. */
export type Product = { readonly name: string; readonly partNumber: string; readonly skuId: string };

/**
 * An extract of Microsoft's table (products.json has address and date): products that companies and schools assign to
 * people, without those for governments, trials and self-service purchases.
 */
const products: readonly Product[] = table.products.map(([name = '', partNumber = '', skuId = '']) => ({
  name,
  partNumber,
  skuId,
}));

const byPartNumber = new Map(products.map((product) => [product.partNumber.toLowerCase(), product]));
const byId = new Map(products.map((product) => [product.skuId, product]));
const byName = new Map<string, Product[]>();
for (const product of products) {
  const key = squeezeName(product.name);
  byName.set(key, [...(byName.get(key) ?? []), product]);
}

/** MSOnline's AccountSkuId is `tenant:EMS`; no part number has a colon. */
const tenantPrefix = /^[a-z0-9][a-z0-9.-]*:(?=\S)/i;

/**
 * The part numbers (or the id) that a reference to a SKU stands for, whatever a tenant has: a part number or an id stands
 * for itself, also as `tenant:EMS` or in braces; a product's name for its part numbers: several where Microsoft sells
 * several SKUs under one name. What is not known stands for itself.
 */
export function partNumbersOf(reference: string): readonly string[] {
  const plain = reference.trim().replace(tenantPrefix, '');
  const bare = bareName(reference).replace(tenantPrefix, '');
  const known = [plain, bare].find((name) => byPartNumber.has(name.toLowerCase()) || isGuid(name));
  if (known !== undefined) return [known];
  // A part number that the extract lacks: names of products have blanks.
  if (!/\s/.test(bare)) return [plain];
  const key = squeezeName(bare);
  const named = byName.get(key)?.map(({ partNumber }) => partNumber) ?? usualNames(key);
  return named.length === 0 ? [plain] : named;
}

/** The product of this part number (any case) or id; undefined: the extract does not have it. */
export function findProduct(reference: string): Product | undefined {
  return byPartNumber.get(reference.toLowerCase()) ?? byId.get(reference.toLowerCase());
}

/** Part numbers with the names that Microsoft sells them under, for people to choose from. */
export function describeCandidates(partNumbers: readonly string[]): string {
  return partNumbers
    .map((partNumber) => {
      const name = findProduct(partNumber)?.name;
      return name === undefined ? partNumber : `${partNumber} (${name})`;
    })
    .join(', ');
}
