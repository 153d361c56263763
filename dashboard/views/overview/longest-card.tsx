import { Link } from '../../frame/link';
import { Empty } from '../../parts/states';
import { Age } from '../../parts/time';
import { Card } from './card';
import { missingPart } from './overview-data';
import type { Overview } from './overview-data';

const shown = 5;

/** Users who have waited longest, and for what. */
export function LongestCard({ overview }: { readonly overview: Overview }) {
  const { longest } = overview;
  return (
    <Card title="Waiting longest" missing={missingPart(overview, 'longest')}>
      {longest === null || longest.length === 0 ? (
        <Empty>No user waits.</Empty>
      ) : (
        <ol class="plain">
          {longest.slice(0, shown).map(({ id, userPrincipalName, since, reason, kind }) => (
            <li key={`${id} ${kind}`}>
              <Link to={`/users/${id}`}>{userPrincipalName ?? id}</Link> <Age at={since} />
              <div class="quiet">{reason ?? kind}</div>
            </li>
          ))}
        </ol>
      )}
    </Card>
  );
}
