import { Link } from '../frame/link';
import { prosePieces } from './text/prose-pieces';

/**
 * A sentence of the product in which backticks mark what is typed. Where it names a command that the page stands for, the
 * place on the page is named; a view that is named is a link to it, and times are those of the reader's zone.
 * What a person typed behind it stays as it is. `keepsTimes`: for texts that repeat what stands in a file, such as a policy.
 */
export function Prose({
  text,
  keepsTimes = false,
}: {
  readonly text: string;
  readonly keepsTimes?: boolean;
}) {
  return (
    <>
      {prosePieces(text, Date.now(), keepsTimes).map((piece, index) =>
        piece.isCode ? (
          <code key={index}>{piece.text}</code>
        ) : piece.to === undefined ? (
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
