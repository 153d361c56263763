import { useResource } from '../data/resource';
import { isStale } from '../parts/states';
import { hasAnyRole } from '../session/me';
import { useMarks } from './marks';
import { shownVerdict } from './shown-verdict';
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
  const isFailed = resource.problem.value !== undefined;
  useMarks(resource);
  const verdict = shownVerdict({ verdict: found?.status.verdict, isFailed, isOld: isStale(resource) });
  if (verdict === undefined || !isElsewhere) return null;
  const { word, shape } = verdictWords[verdict];
  return (
    <Link to="/" class={`verdict-mark ${verdict}`} label={`${word}: go to the overview`}>
      <span class="word">
        <span aria-hidden="true">{shape}</span> {word}
      </span>
    </Link>
  );
}
