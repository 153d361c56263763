/** In which partitions the rows are that a filter is about; both ends belong to it, `to` null: to the last one. */
export type Partitions = { readonly from: string; readonly to: string | null };

const all: Partitions = { from: '', to: null };

/** What a filter says of the partition at its begin, and all that it finds must fit. All of them where it is not to be told at a glance. */
export function partitionsOf(filter: string | undefined): Partitions {
  const begin = /^\(*PartitionKey (eq|ge|gt) '((?:[^']|'')*)'/.exec(filter ?? '');
  const [, operator, quoted] = begin ?? [];
  if (quoted === undefined) return all;
  const outsideTexts = (filter ?? '').replaceAll(/'(?:[^']|'')*'/g, '');
  // Azurite takes texts in double quotes too: what they hold is not told from operators here.
  if (outsideTexts.includes('"') || /\b(or|not)\b/i.test(outsideTexts)) return all;
  const text = quoted.replaceAll("''", "'");
  if (operator === 'eq') return { from: text, to: text };
  // Behind it: the next text there is.
  return { from: operator === 'gt' ? `${text}\0` : text, to: null };
}
