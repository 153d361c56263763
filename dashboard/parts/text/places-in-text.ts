import { viewList } from '../../frame/view-list';

/** A piece of a text. `to`: the place on the page that it names, such as `/failures`. */
export type Piece = { readonly text: string; readonly to?: string };

/** Views as texts name them: `the page Failures`, `on the overview`. */
const named = new Map<string, string>([
  ...viewList.flatMap(({ letter, title, patterns: [to = '/'] }) =>
    letter === undefined ? [] : [[`the page ${title}`, to] as const],
  ),
  ['on the overview', '/'],
]);
const anyPlace = new RegExp(`(${[...named.keys()].join('|')})`);
/** What is pressed is the name alone. */
const nameIn = /^(the page |on the )(.+)$/;

/** A text in pieces, so that the places of the page that it names can be links. */
export function placesIn(text: string): readonly Piece[] {
  return text.split(anyPlace).flatMap((piece): readonly Piece[] => {
    const to = named.get(piece);
    const [, before = '', name = ''] = nameIn.exec(piece) ?? [];
    if (to === undefined) return piece === '' ? [] : [{ text: piece }];
    return [{ text: before }, { text: name, to }];
  });
}
