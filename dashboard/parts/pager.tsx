import { number } from './format';

/** The page before and the next one of a list that is read by numbers. */
export function Pager({
  skip,
  shown,
  total,
  size,
  onGo,
}: {
  readonly skip: number;
  readonly shown: number;
  /** null: not counted; there may be more. */
  readonly total: number | null;
  readonly size: number;
  readonly onGo: (skip: number) => void;
}) {
  const isMore = total === null ? shown === size : skip + shown < total;
  if (skip === 0 && !isMore) return null;
  return (
    <div class="row pager">
      <button
        type="button"
        aria-disabled={skip === 0}
        onClick={() => {
          if (skip > 0) onGo(Math.max(0, skip - size));
        }}
      >
        Previous
      </button>
      <span>
        {number(skip + 1)} to {number(skip + shown)}
        {total === null ? '' : ` of ${number(total)}`}
      </span>
      <button
        type="button"
        aria-disabled={!isMore}
        onClick={() => {
          if (isMore) onGo(skip + size);
        }}
      >
        Next
      </button>
    </div>
  );
}
