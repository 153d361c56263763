import { Prose } from './prose';
import { Empty } from './states';
import { Time } from './time';

type Entry = {
  readonly at: string;
  readonly step: string;
  readonly text: string;
  readonly facts?: Readonly<Record<string, unknown>>;
};

/** What happened, the newest first. */
export function Timeline({ entries }: { readonly entries: readonly Entry[] }) {
  if (entries.length === 0) return <Empty>Nothing is recorded.</Empty>;
  return (
    <ol class="timeline">
      {[...entries].reverse().map(({ at, step, text, facts = {} }, index) => (
        <li key={`${at} ${step} ${String(entries.length - index)}`}>
          <Time at={at} /> <span class="chip">{step}</span> <Prose text={text} />
          {Object.keys(facts).length === 0 ? null : (
            <details class="quiet">
              <summary>facts</summary>
              <pre class="text">{JSON.stringify(facts, null, 2)}</pre>
            </details>
          )}
        </li>
      ))}
    </ol>
  );
}
