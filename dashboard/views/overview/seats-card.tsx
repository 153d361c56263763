import { Link } from '../../frame/link';
import { count, number } from '../../parts/format';
import { Empty } from '../../parts/states';
import { Age } from '../../parts/time';
import { RunsOut } from '../seats/runs-out';
import { seatsLast } from '../seats/seats-last';
import { Card } from './card';
import { missingPart } from './overview-data';
import type { Overview } from './overview-data';

const shown = 6;

/** Seats of each SKU, the scarcest first, and until when they last. */
export function SeatsCard({ overview }: { readonly overview: Overview }) {
  const seats = [...(overview.seats ?? [])].sort((a, b) => b.waiting - a.waiting || a.free - b.free);
  return (
    <Card title="Seats" missing={missingPart(overview, 'seats')}>
      {seats.length === 0 ? (
        <Empty>No SKU is known yet: they are read within a minute.</Empty>
      ) : (
        <table class="compact">
          <thead>
            <tr>
              <th scope="col">SKU</th>
              <th scope="col" class="number">
                Free
              </th>
              <th scope="col" class="number">
                Wait
              </th>
              <th scope="col">Runs out</th>
            </tr>
          </thead>
          <tbody>
            {seats
              .slice(0, shown)
              .map(({ skuId, skuPartNumber, enabled, consumed, free, waiting, runsOutAt, note }) => (
                <tr key={skuId}>
                  <td>
                    <Link to={`/seats/${skuId}`}>{skuPartNumber}</Link>
                    <meter
                      class="seats"
                      aria-label={`${skuPartNumber}: ${number(consumed)} of ${number(enabled)} seats taken`}
                      min={0}
                      max={Math.max(1, enabled)}
                      high={enabled * 0.95}
                      optimum={0}
                      value={consumed}
                    />
                  </td>
                  <td class="number">{number(free)}</td>
                  <td class="number">{number(waiting)}</td>
                  <td title={note ?? undefined}>
                    <RunsOut last={seatsLast({ assignable: true, free }, { runsOutAt, note })} isShort />
                  </td>
                </tr>
              ))}
          </tbody>
        </table>
      )}
      {seats.length > shown ? <Link to="/seats">See all {count(seats.length, 'SKU')}</Link> : null}
      {overview.seatsAt === null ? null : (
        <p class="quiet">
          Read in Entra <Age at={overview.seatsAt} /> ago
        </p>
      )}
    </Card>
  );
}
