/**
 * What a page without entries says. `nothing`: of the whole list, which only its first page can say, and only when no page
 * follows. `next`: where the next page begins; null: this is the last one.
 */
export function emptyPage<Said>(
  { isFirst, next }: { readonly isFirst: boolean; readonly next: string | null },
  nothing: Said,
): Said | string {
  if (next !== null) return 'None on this page.';
  return isFirst ? nothing : 'No more.';
}
