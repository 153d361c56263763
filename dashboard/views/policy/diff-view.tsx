import { diffLines } from './diff-lines';

const marks = { same: ' ', gone: '−', new: '+' } as const;
const words = { same: '', gone: 'removed: ', new: 'added: ' } as const;

/** This policy against the one in force. Colour never stands alone: each line has its mark. */
export function DiffView({ before, after }: { readonly before: string; readonly after: string }) {
  const lines = diffLines(before, after);
  const changed = lines.filter(({ kind }) => kind !== 'same').length;
  return (
    <>
      <p>
        {changed === 0
          ? 'The same as the policy in force.'
          : `${String(changed)} lines differ from the policy in force.`}
      </p>
      <pre class="text diff" tabIndex={0} aria-label="Difference to the policy in force">
        {lines.map(({ kind, text }, index) => (
          <div key={index} class={kind}>
            <span aria-hidden="true">{marks[kind]} </span>
            <span class="for-readers">{words[kind]}</span>
            {text}
          </div>
        ))}
      </pre>
    </>
  );
}
