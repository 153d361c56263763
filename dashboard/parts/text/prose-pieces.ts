import { onPage } from './commands-on-page';
import { localTimes } from '../format';
import { placesIn } from './places-in-text';
import type { Piece } from './places-in-text';
import { typedIn } from './typed-in-text';

export type ProsePiece = Piece & { readonly isCode?: true };

/**
 * A sentence of the product in pieces: code in backticks, places of the page, and text whose times are in the reader's zone.
 * Code, and what a person typed, stay as they are. `nowMs`: milliseconds. `keepsTimes`: times stay as they are, too.
 */
export function prosePieces(text: string, nowMs: number, keepsTimes: boolean): readonly ProsePiece[] {
  const { own, typed } = typedIn(text);
  const pieces = onPage(own)
    .split('`')
    .flatMap((part, index): readonly ProsePiece[] =>
      index % 2 === 1
        ? [{ text: part, isCode: true }]
        : placesIn(keepsTimes ? part : localTimes(part, nowMs)),
    );
  return typed === '' ? pieces : [...pieces, { text: typed }];
}

/** The first sentence and what follows it; a stop inside code ends no sentence. */
export function firstSentence(text: string): readonly [first: string, rest: string] {
  for (const { index } of text.matchAll(/\. /g)) {
    const first = text.slice(0, index + 1);
    if (first.split('`').length % 2 === 1) return [first, text.slice(index + 1)];
  }
  return [text, ''];
}
