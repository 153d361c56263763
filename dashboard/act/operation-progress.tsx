import type { LongOperationView } from '../../shared/ops-api/schemas';
import type { RouteName } from '../api/routes';
import { refreshAll, useResource } from '../data/resource';
import { Link } from '../frame/link';
import { number } from '../parts/format';
import { Prose } from '../parts/prose';
import { useEffect } from 'preact/hooks';
import { inWords } from './result-words';
import type { ResultWords } from './result-words';

const lookEveryMs = 1_500;

export function ResultLine({ words }: { readonly words: ResultWords }) {
  return (
    <p role="status" class="result">
      <span aria-hidden="true">✓</span> <Prose text={words.text} />{' '}
      {words.link === undefined ? null : <Link to={words.link.to}>{words.link.label}</Link>}
    </p>
  );
}

/** How far long work is; it goes on whether or not this is on the screen. */
export function OperationProgress({
  first,
  route,
}: {
  readonly first: LongOperationView;
  readonly route: RouteName;
}) {
  const resource = useResource('requests.showOperation', { id: first.id }, lookEveryMs);
  const { state, progress, result, problem } = resource.data.value ?? first;
  const isOver = state === 'done' || state === 'failed';
  useEffect(() => {
    if (isOver) refreshAll();
  }, [isOver]);
  if (state === 'done') return <ResultLine words={inWords(route, result)} />;
  if (state === 'failed') {
    const say = (key: string) => (typeof problem?.[key] === 'string' ? problem[key] : null);
    const hint = say('hint');
    return (
      <div class="problem" role="alert">
        <strong>{say('title') ?? 'It failed'}</strong>
        <p>
          <Prose text={say('detail') ?? 'The log of the function operations says why.'} />
        </p>
        {hint === null ? null : (
          <p>
            <Prose text={hint} />
          </p>
        )}
      </div>
    );
  }
  const isCounted = progress !== null && progress.total > 0;
  return (
    <div role="status">
      <p>
        {state === 'queued' ? 'Taken on. It starts within seconds.' : 'It runs.'}{' '}
        {isCounted ? `${number(progress.done)} of ${number(progress.total)}` : ''}
      </p>
      <progress aria-label="Progress" {...(isCounted ? { value: progress.done, max: progress.total } : {})} />
      <p class="quiet">You may close this: it goes on, and the audit says how it ended.</p>
    </div>
  );
}
