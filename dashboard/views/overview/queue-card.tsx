import { Link } from '../../frame/link';
import { Chart } from '../../parts/chart';
import { duration, number } from '../../parts/format';
import { Prose } from '../../parts/prose';
import { Card } from './card';
import { missingPart, valuesOf } from './overview-data';
import type { Overview } from './overview-data';

const orUnknown = (value: number | null) => (value === null ? 'not known' : number(value));

/** Depth and age of each queue; the age is that of the oldest message that could be worked on. */
export function QueueCard({ overview }: { readonly overview: Overview }) {
  const { queues, charts } = overview;
  return (
    <Card
      title="Queues"
      missing={missingPart(overview, 'queues') ?? (queues ? undefined : 'Service Bus does not answer')}
    >
      <table class="compact">
        <thead>
          <tr>
            <th scope="col">Queue</th>
            <th scope="col" class="number">
              Waiting
            </th>
            <th scope="col" class="number">
              Oldest
            </th>
            <th scope="col" class="number">
              Dead
            </th>
          </tr>
        </thead>
        <tbody>
          {(queues ?? []).map(({ queue, active, oldestAgeMs, deadLettered, missing }) => (
            <tr key={queue}>
              <td>
                <Link to={`/queue/${queue}/active`}>{queue}</Link>
                {missing === null ? null : (
                  <div class="quiet">
                    <Prose text={missing} />
                  </div>
                )}
              </td>
              <td class="number">{orUnknown(active)}</td>
              <td class="number">{oldestAgeMs === null ? '–' : duration(oldestAgeMs)}</td>
              <td class="number">{orUnknown(deadLettered)}</td>
            </tr>
          ))}
        </tbody>
      </table>
      {charts === null ? null : (
        <Chart
          name="Messages waiting, last hour"
          at={charts.lastHour.at}
          unit=""
          lines={(queues ?? []).map(({ queue }) => ({
            label: queue,
            values: valuesOf(charts.lastHour, `${queue}.active`),
          }))}
        />
      )}
    </Card>
  );
}
