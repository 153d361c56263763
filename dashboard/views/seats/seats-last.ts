/** A forecast as far as it says until when seats last. */
type Forecast = { readonly runsOutAt: string | null; readonly note: string | null };

/** Until when the seats of a SKU last. `at`: ISO 8601. `none`: no seat of it can be assigned. `why`: null: nothing more is known. */
export type SeatsLast =
  | { readonly kind: 'none' }
  | { readonly kind: 'date'; readonly at: string }
  | { readonly kind: 'words'; readonly words: string; readonly why: string | null };

const inWords = (words: string, why: string | null = null): SeatsLast => ({ kind: 'words', words, why });

/**
 * One rule for the list, its file, the view of a SKU and the overview: what is gone now counts before every forecast.
 * `free`: seats that are free now. `forecast`: undefined: there is none.
 */
export function seatsLast(
  { assignable, free }: { readonly assignable: boolean; readonly free: number },
  forecast: Forecast | undefined,
): SeatsLast {
  if (!assignable) return { kind: 'none' };
  if (free <= 0) return inWords('now');
  if (forecast === undefined) return inWords('not known');
  if (forecast.runsOutAt !== null) return { kind: 'date', at: forecast.runsOutAt };
  return forecast.note === null ? inWords('not within a year') : inWords('not known', forecast.note);
}

/** What a file says where the page says the same; null: nothing. */
export function seatsLastInFile(last: SeatsLast): string | null {
  return last.kind === 'none' ? null : last.kind === 'date' ? last.at : last.words;
}
