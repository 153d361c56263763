import type { Path } from './yaml-source';

/** A SKU that a policy file names; `isKey`: as the key of a map, of which `path` is the value. */
export type SkuPlace = { readonly path: Path; readonly reference: string; readonly isKey: boolean };

/** Where a policy file names SKUs, in its order; of any content, also of one that is no policy. */
export function skuPlaces(content: unknown): readonly SkuPlace[] {
  const places: SkuPlace[] = [];
  const text = (value: unknown, path: Path) => {
    if (typeof value === 'string') places.push({ path, reference: value, isKey: false });
  };
  const texts = (value: unknown, path: Path) =>
    listOf(value).forEach((one, index) => text(one, [...path, index]));
  const keys = (value: unknown, path: Path) => {
    for (const reference of Object.keys(mapOf(value)))
      places.push({ path: [...path, reference], reference, isKey: true });
  };
  const file = mapOf(content);
  listOf(file['exclusive']).forEach((group, index) => texts(group, ['exclusive', index]));
  listOf(file['rules']).forEach((rule, ruleIndex) => {
    listOf(mapOf(rule)['assign']).forEach((grant, index) => {
      const path = ['rules', ruleIndex, 'assign', index];
      text(mapOf(grant)['sku'], [...path, 'sku']);
      texts(mapOf(grant)['fallback'], [...path, 'fallback']);
    });
  });
  texts(file['adopt'], ['adopt']);
  keys(file['prices'], ['prices']);
  listOf(file['tests']).forEach((test, index) => keys(mapOf(test)['expect'], ['tests', index, 'expect']));
  return places;
}

function mapOf(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
    ? (value as Readonly<Record<string, unknown>>)
    : {};
}

function listOf(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}
