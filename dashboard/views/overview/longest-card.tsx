import { Link } from '../../frame/link';
import { spaced } from '../../parts/format';
import { Prose } from '../../parts/prose';
import { Empty } from '../../parts/states';
import { Age } from '../../parts/time';
import { onPage } from '../../parts/text/commands-on-page';
import { typedIn } from '../../parts/text/typed-in-text';
import { Card } from './card';
import { missingPart } from './overview-data';
import type { Overview } from './overview-data';

const shown = 5;

/** A user may wait for several things; the longest wait says it. */
function oncePerUser(longest: NonNullable<Overview['longest']>): NonNullable<Overview['longest']> {
  return longest.filter(({ id }, index) => longest.findIndex((one) => one.id === id) === index);
}

/** The whole reason under a pointer, where there are no links. */
function plainText(reason: string): string {
  const { own, typed } = typedIn(reason);
  return `${onPage(own)}${typed}`;
}

/** Users who have waited longest, and for what. */
export function LongestCard({ overview }: { readonly overview: Overview }) {
  const { longest } = overview;
  const first = longest?.[0];
  const total = longest?.length ?? 0;
  return (
    <Card title="Waiting longest" missing={missingPart(overview, 'longest')}>
      {longest === null || longest.length === 0 ? (
        <Empty>No user waits.</Empty>
      ) : (
        <ol class="plain">
          {oncePerUser(longest)
            .slice(0, shown)
            .map(({ id, userPrincipalName, since, reason, kind }) => (
              <li key={`${id} ${kind}`}>
                <Link to={`/users/${id}`}>{userPrincipalName ?? id}</Link> <Age at={since} />
                <div class="quiet two-lines" title={reason === null ? undefined : plainText(reason)}>
                  {reason === null ? spaced(kind) : <Prose text={reason} />}
                </div>
              </li>
            ))}
        </ol>
      )}
      {total === 0 ? null : (
        <Link to={`/users?kind=${first?.kind ?? 'underWay'}`}>See all who are not done</Link>
      )}
    </Card>
  );
}
