/** On, and back to the first page of a list that is read by cursors. */
export function CursorPager({
  isFirst,
  next,
  onGo,
  first = 'To the first',
}: {
  readonly isFirst: boolean;
  /** null: this is the last page. */
  readonly next: string | null;
  readonly onGo: (cursor: string | undefined) => void;
  readonly first?: string;
}) {
  if (isFirst && next === null) return null;
  return (
    <div class="row pager">
      {isFirst ? null : (
        <button type="button" onClick={() => onGo(undefined)}>
          {first}
        </button>
      )}
      {next === null ? null : (
        <button type="button" onClick={() => onGo(next)}>
          Next
        </button>
      )}
    </div>
  );
}
