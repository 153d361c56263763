import { ActButton } from '../../act/act-button';
import { Link } from '../../frame/link';
import { count, number } from '../../parts/format';
import { Empty } from '../../parts/states';
import { Age } from '../../parts/time';
import { askToReplayClass } from '../failures/replay-asks';
import { Card } from './card';
import { missingPart } from './overview-data';
import type { Overview } from './overview-data';

/** What was given up on, by cause. */
export function FailuresCard({ overview }: { readonly overview: Overview }) {
  const { failures } = overview;
  return (
    <Card title="Failures" missing={missingPart(overview, 'failures')}>
      {failures === null || failures.classes.length === 0 ? (
        <Empty>No failures.</Empty>
      ) : (
        <table class="compact">
          <thead>
            <tr>
              <th scope="col">Class</th>
              <th scope="col" class="number">
                Count
              </th>
              <th scope="col" class="number">
                Oldest
              </th>
              <th scope="col">
                <span class="for-readers">What to press</span>
              </th>
            </tr>
          </thead>
          <tbody>
            {failures.classes.map(({ class: name, count: many, oldestAt }) => (
              <tr key={name}>
                <td>
                  <Link to={`/failures/class/${encodeURIComponent(name)}`}>{name}</Link>
                </td>
                <td class="number">{number(many)}</td>
                <td class="number">
                  <Age at={oldestAt} />
                </td>
                <td>
                  <ActButton
                    label="Replay…"
                    needs="Operator"
                    onPress={() => askToReplayClass(name, many)}
                    description={`all of class ${name}`}
                  />
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      )}
      {failures === null || failures.dismissed.count === 0 ? null : (
        <p class="quiet">
          {count(failures.dismissed.count, 'failure')} dismissed
          {failures.dismissed.oldestAt === null ? null : (
            <>
              , the oldest <Age at={failures.dismissed.oldestAt} /> ago
            </>
          )}
        </p>
      )}
    </Card>
  );
}
