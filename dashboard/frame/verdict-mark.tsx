import { useEffect } from 'preact/hooks';
import { useResource } from '../data/resource';
import { isStale } from '../parts/states';
import { hasAnyRole } from '../session/me';
import { showMarks } from './marks';
import { verdictWords } from '../views/overview/verdict-words';
import { Link } from './link';
import { path } from './location';

/** Slower than the overview: a link that was sent opens another view, and this is beside it. */
const lookEveryMs = 30_000;

/** The verdict beside every view but the overview, which has it in large, and the way there. */
export function VerdictMark() {
  const isElsewhere = path.value !== '/' && hasAnyRole.value;
  const resource = useResource('overview.overview', isElsewhere ? {} : null, lookEveryMs);
  const found = resource.data.value;
  useEffect(() => {
    if (found !== undefined) showMarks(found);
  }, [found]);
  if (found === undefined || !isElsewhere) return null;
  const isKnown = resource.problem.value === undefined && !isStale(resource);
  const verdict = isKnown ? found.status.verdict : 'unknown';
  const { word, shape } = verdictWords[verdict];
  return (
    <Link to="/" class={`verdict-mark ${verdict}`} label={`${word}: go to the overview`}>
      <span class="word">
        <span aria-hidden="true">{shape}</span> {word}
      </span>
    </Link>
  );
}
