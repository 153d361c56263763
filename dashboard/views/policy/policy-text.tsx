import { useEffect, useRef } from 'preact/hooks';

/** A line of the policy that a problem is about. `at` changes with each request to go there. */
export type Place = { readonly line: number; readonly at: number };

/**
 * The text with the numbers of its lines, those with problems marked: a problem names its line and column.
 * `marked`: lines with problems. `goTo`: the line to bring into view; null: none was asked for.
 */
export function PolicyText({
  text,
  marked,
  goTo,
}: {
  readonly text: string;
  readonly marked: ReadonlySet<number>;
  readonly goTo: Place | null;
}) {
  const place = useRef<HTMLPreElement>(null);
  useEffect(() => {
    if (goTo === null) return;
    const line = place.current?.children[goTo.line - 1];
    if (!(line instanceof HTMLElement)) return;
    line.scrollIntoView({ block: 'center' });
    line.focus({ preventScroll: true });
  }, [goTo]);
  return (
    <pre class="text numbered" tabIndex={0} aria-label="Text of the policy" ref={place}>
      {text.split('\n').map((line, index) => (
        <div key={index} class={marked.has(index + 1) ? 'has-problem' : undefined} tabIndex={-1}>
          {line}
        </div>
      ))}
    </pre>
  );
}
