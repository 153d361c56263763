import { diffLines } from './diff-lines';
import { count } from '../../parts/format';

const marks = { same: ' ', gone: '−', new: '+' } as const;
const words = { same: '', gone: 'removed: ', new: 'added: ' } as const;

/** A policy against another, which `than` names. Colour never stands alone: each line has its mark. */
export function DiffView({
  before,
  after,
  than,
}: {
  readonly before: string;
  readonly after: string;
  readonly than: string;
}) {
  const lines = diffLines(before, after);
  const changed = lines.filter(({ kind }) => kind !== 'same').length;
  return (
    <>
      <p>
        {changed === 0
          ? `The same as ${than}.`
          : `${count(changed, 'line differs', 'lines differ')} from ${than}.`}
      </p>
      <pre class="text diff" tabIndex={0} aria-label={`Difference to ${than}`}>
        {lines.map(({ kind, text: line }, index) => (
          <div key={index} class={kind}>
            <span aria-hidden="true">{marks[kind]} </span>
            <span class="for-readers">{words[kind]}</span>
            {line}
          </div>
        ))}
      </pre>
    </>
  );
}
