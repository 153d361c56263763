import type { Answer } from '../../api/routes';
import { Link } from '../../frame/link';
import { duration, number } from '../../parts/format';

type Queues = Answer<'queues.showQueues'>;

const orUnknown = (value: number | null) => (value === null ? 'not known' : number(value));

/** Depth and age of each queue; the age is that of the oldest message that could be worked on. */
export function QueuePanel({ queues }: { readonly queues: Queues }) {
  return (
    <section class="card" aria-labelledby="queue-panel">
      <h2 id="queue-panel">Queues</h2>
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
          {queues.map(({ queue, active, oldestAgeMs, deadLettered, missing }) => (
            <tr key={queue}>
              <td>
                <Link to={`/queue/${queue}/active`}>{queue}</Link>
                {missing === null ? null : <div class="quiet">{missing}</div>}
              </td>
              <td class="number">{orUnknown(active)}</td>
              <td class="number">{oldestAgeMs === null ? '–' : duration(oldestAgeMs)}</td>
              <td class="number">{orUnknown(deadLettered)}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  );
}
