import { Link } from '../frame/link';
import { Prose } from './prose';
import { Empty } from './states';
import { Time } from './time';

type Entry = {
  readonly at: string;
  readonly step: string;
  readonly text: string;
  readonly facts?: Readonly<Record<string, unknown>>;
  /** Who did it, or asked for the rollout that it is of. */
  readonly by?: string | null;
  readonly approvedBy?: string | null;
};

/** What happened, the newest first. */
export function Timeline({ entries }: { readonly entries: readonly Entry[] }) {
  if (entries.length === 0) return <Empty>Nothing is recorded.</Empty>;
  return (
    <ol class="timeline">
      {[...entries].reverse().map(({ at, step, text, facts = {}, by = null, approvedBy = null }, index) => (
        <li key={`${at} ${step} ${String(entries.length - index)}`}>
          <Time at={at} /> <span class="chip">{step}</span> <Prose text={text} />
          <People by={by} approvedBy={approvedBy} rollout={facts['rollout']} />
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

/** Who stands behind an entry; the rollout's page says more. */
function People({
  by,
  approvedBy,
  rollout,
}: {
  readonly by: string | null;
  readonly approvedBy: string | null;
  readonly rollout: unknown;
}) {
  if (by === null && typeof rollout !== 'string') return null;
  return (
    <span class="quiet">
      {' '}
      {typeof rollout === 'string' ? (
        <>
          rollout <Link to={`/rollouts/${rollout}`}>{rollout}</Link>
          {by === null ? '' : ','}{' '}
        </>
      ) : null}
      {by === null ? '' : typeof rollout === 'string' ? `asked for by ${by}` : `by ${by}`}
      {approvedBy === null ? '' : `, approved by ${approvedBy}`}
    </span>
  );
}
