import { useRef, useState } from 'preact/hooks';
import { changes } from '../data/resource';
import { count } from './format';
import { keepPlace } from './keep-place';
import type { Kept } from './keep-place';

export type Steady<Row> = Kept<Row> & {
  readonly showAll: () => void;
};

/**
 * Rows that stay where they are while work goes on. They are taken anew when the reader asks for it, and
 * after the reader's own actions. `isSteady` false: the rows as they come.
 */
export function useSteady<Row>(
  rows: readonly Row[],
  keyOf: (row: Row) => string,
  isSteady: boolean,
): Steady<Row> {
  const [, redraw] = useState(0);
  const kept = useRef({ rows, seen: rows, actions: changes.peek() });
  const actions = changes.value;
  // The first answer after an action of the reader's own.
  const isOwn = kept.current.actions !== actions && kept.current.seen !== rows;
  // An empty table has nothing that could jump.
  const isTaken = !isSteady || isOwn || kept.current.rows.length === 0;
  kept.current = isTaken ? { rows, seen: rows, actions } : { ...kept.current, seen: rows };
  return {
    ...keepPlace(kept.current.rows, rows, keyOf),
    showAll: () => {
      kept.current = { rows, seen: rows, actions };
      redraw((times) => times + 1);
    },
  };
}

/** `12 new, 3 gone`, and the button that shows the rows as they are now; nothing while nothing changed. */
export function News<Row>({ steady: { gone, fresh, showAll } }: { readonly steady: Steady<Row> }) {
  if (fresh === 0 && gone.size === 0) return null;
  const parts = [
    ...(fresh === 0 ? [] : [count(fresh, 'new row')]),
    ...(gone.size === 0 ? [] : [`${count(gone.size, 'row')} gone`]),
  ];
  return (
    <p class="note news" role="status">
      {parts.join(', ')}.{' '}
      <button type="button" class="link" onClick={showAll}>
        Show the rows as they are now
      </button>
    </p>
  );
}
