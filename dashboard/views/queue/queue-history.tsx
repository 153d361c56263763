import { useMemo } from 'preact/hooks';
import type { Answer } from '../../api/routes';
import { useResource } from '../../data/resource';
import { Chart } from '../../parts/chart';
import { Empty, Loaded } from '../../parts/states';

type Series = Answer<'history.showSeries'>;

const hourMs = 3_600_000;
const lookEveryMs = 60_000;
const queues = ['directory-changes', 'license-changes', 'license-changes-bulk'];
const names = [...queues.map((queue) => `${queue}.active`), 'in', 'decided', 'written'];

const valuesOf = ({ at, series }: Series, name: string) => series[name] ?? at.map(() => null);

/** Depth of the queues, and what went in and out a minute, over the last hour. */
export function QueueHistory() {
  const from = useMemo(() => new Date(Date.now() - hourMs).toISOString(), []);
  const resource = useResource(
    'history.showSeries',
    { names: names.join(','), from, step: 'minute' },
    lookEveryMs,
  );
  return (
    <div class="grid">
      <section class="card" aria-labelledby="queue-depth">
        <h2 id="queue-depth">Waiting, last hour</h2>
        <Loaded resource={resource}>
          {(found) => (
            <Drawn
              found={found}
              name="Messages waiting"
              lines={queues.map((queue) => ({ label: queue, series: `${queue}.active` }))}
            />
          )}
        </Loaded>
      </section>
      <section class="card" aria-labelledby="queue-rate">
        <h2 id="queue-rate">In and out a minute, last hour</h2>
        <Loaded resource={resource}>
          {(found) => (
            <Drawn
              found={found}
              name="In, decided and written a minute"
              lines={['in', 'decided', 'written'].map((one) => ({ label: one, series: one }))}
            />
          )}
        </Loaded>
      </section>
    </div>
  );
}

function Drawn({
  found,
  name,
  lines,
}: {
  readonly found: Series;
  readonly name: string;
  readonly lines: readonly { readonly label: string; readonly series: string }[];
}) {
  if (found.at.length === 0) return <Empty>No samples yet: the first comes within a minute.</Empty>;
  return (
    <Chart
      name={name}
      at={found.at}
      unit=""
      lines={lines.map(({ label, series }) => ({ label, values: valuesOf(found, series) }))}
    />
  );
}
