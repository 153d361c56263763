import { Link } from '../frame/link';
import { onPage } from './commands-on-page';
import { localTimes } from './format';
import { placesIn } from './places-in-text';

/**
 * A sentence of the product in which backticks mark what is typed. Where it names a command that the page stands for, the
 * place on the page is named; a view that is named is a link to it, and times are those of the reader's zone.
 */
export function Prose({ text }: { readonly text: string }) {
  return (
    <>
      {localTimes(onPage(text), Date.now())
        .split('`')
        .map((part, index) =>
          index % 2 === 1 ? <code key={index}>{part}</code> : <Places text={part} key={index} />,
        )}
    </>
  );
}

function Places({ text }: { readonly text: string }) {
  return (
    <>
      {placesIn(text).map((piece, index) =>
        piece.to === undefined ? (
          piece.text
        ) : (
          <Link to={piece.to} key={index}>
            {piece.text}
          </Link>
        ),
      )}
    </>
  );
}
