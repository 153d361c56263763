import type { ComponentChildren } from 'preact';
import type { ApiProblem } from '../api/problem';
import { now } from '../data/pace';
import type { Resource } from '../data/resource';
import { sessionEnded } from '../session/session';
import { duration } from './format';
import { CopyButton } from './copy-button';
import { useKeptFocus } from './keep-focus';
import { Prose } from './prose';

/** Data older than this is not taken for the truth any more. */
const staleMs = 180_000;

/** A place of fixed height until the first answer is there. */
export function Skeleton({ lines = 3 }: { readonly lines?: number }) {
  return (
    <div class="skeleton" role="status" aria-label="Loading">
      {Array.from({ length: lines }, (_none, index) => (
        <span key={index} />
      ))}
    </div>
  );
}

/** There is nothing to show, and that is an answer. */
export function Empty({ children }: { readonly children: ComponentChildren }) {
  return <p class="empty">{children}</p>;
}

/** What went wrong, what to do, and the id under which the app's log has more. */
export function ProblemBox({
  problem,
  onRetry,
}: {
  readonly problem: ApiProblem;
  readonly onRetry?: () => void;
}) {
  return (
    <div class="problem" role="alert">
      <strong>{problem.title}</strong>
      <p>
        <Prose text={problem.message} />
      </p>
      {problem.hint === null ? null : (
        <p>
          <Prose text={problem.hint} />
        </p>
      )}
      {problem.requestId === null ? null : (
        <p class="quiet">
          Request id <code>{problem.requestId}</code> <CopyButton text={problem.requestId} />
        </p>
      )}
      {onRetry === undefined ? null : (
        <button type="button" onClick={onRetry}>
          Try again
        </button>
      )}
    </div>
  );
}

/** Whether what is shown is too old to be believed. */
export function isStale({ readAt }: Pick<Resource<unknown>, 'readAt'>): boolean {
  return readAt.value !== undefined && now.value - readAt.value > staleMs;
}

/** Said above data that could not be read again. */
function StaleNote({ resource }: { readonly resource: Resource<unknown> }) {
  const { problem, readAt } = resource;
  if (problem.value === undefined || readAt.value === undefined) return null;
  return (
    <p class="stale-note" role="status">
      <span aria-hidden="true">◌</span> Not known now: this is {duration(now.value - readAt.value)} old.{' '}
      {sessionEnded.value ? (
        'Your session has ended: sign in again.'
      ) : (
        <>
          <Prose text={problem.value.message} />{' '}
          <button type="button" class="link" onClick={() => void resource.refresh()}>
            Try again
          </button>
        </>
      )}
    </p>
  );
}

/** Loading, error, stale or the data: one of these is always on the screen. */
export function Loaded<Found>({
  resource,
  lines,
  heading,
  children,
}: {
  readonly resource: Resource<Found>;
  readonly lines?: number;
  /** Of a view whose own heading comes with the data: stands there until then. */
  readonly heading?: string;
  readonly children: (found: Found) => ComponentChildren;
}) {
  const found = resource.data.value;
  const problem = resource.problem.value;
  const box = useKeptFocus(found !== undefined);
  if (found === undefined) {
    return (
      <div ref={box} class="stack">
        {heading === undefined ? null : <h1>{heading}</h1>}
        {problem === undefined ? (
          <Skeleton {...(lines === undefined ? {} : { lines })} />
        ) : (
          <ProblemBox problem={problem} onRetry={() => void resource.refresh()} />
        )}
      </div>
    );
  }
  return (
    <div ref={box} class={isStale(resource) || problem !== undefined ? 'is-stale' : undefined}>
      <StaleNote resource={resource} />
      {children(found)}
    </div>
  );
}
