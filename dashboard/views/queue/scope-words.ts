/** Ids of SKUs in a text (`sku:<id>`, as a pause is stored) become their names, where those are known. */
export function namedSkus(text: string, names: ReadonlyMap<string, string>): string {
  return text.replace(/sku:([0-9a-f-]{36})/g, (whole, id: string) => names.get(id) ?? whole);
}

/** `apply` in words, a SKU by its name where that is known. `names`: names of SKUs by id. */
export function scopeInWords(scope: string, names: ReadonlyMap<string, string>): string {
  if (scope === 'apply') return 'all writing';
  if (scope === 'intake') return 'all deciding';
  if (scope === 'location') return 'setting usage locations';
  const [kind, name = ''] = scope.split(':');
  if (kind === 'sku') return `writes that assign or change ${names.get(name) ?? name}`;
  return kind === 'lane' ? `lane ${name}` : scope;
}
