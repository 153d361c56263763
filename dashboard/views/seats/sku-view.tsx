import { useMemo } from 'preact/hooks';
import type { Answer } from '../../api/routes';
import { useResource } from '../../data/resource';
import { Link } from '../../frame/link';
import { query, setQuery } from '../../frame/location';
import type { ViewProps } from '../../frame/view-props';
import { Chart } from '../../parts/chart';
import { number } from '../../parts/format';
import { Pager } from '../../parts/pager';
import { Prose } from '../../parts/prose';
import { Empty, Loaded } from '../../parts/states';
import { RunsOut } from './runs-out';
import { seatsLast } from './seats-last';
import { HowSeatsComeFree, WaitingList } from './waiting-list';

type Sku = Answer<'tenant.showSkus'>[number];

const thirtyDaysMs = 30 * 86_400_000;
const slowMs = 60_000;
const pageSize = 50;

/** One SKU: its seats over 30 days, until when they last, and who waits for one. */
export function SkuView({ parameters: { sku: id = '' } }: ViewProps) {
  const skus = useResource('tenant.showSkus', {}, slowMs);
  return (
    <Loaded resource={skus} lines={6} heading="Seats of a SKU">
      {(found) => {
        const sku = found.find(({ skuId }) => skuId === id);
        return sku === undefined ? (
          <Empty>
            The tenant has no SKU {id}. <Link to="/seats">All SKUs</Link>
          </Empty>
        ) : (
          <OneSku sku={sku} />
        );
      }}
    </Loaded>
  );
}

function OneSku({ sku: { skuId, skuPartNumber, seats, note, assignable } }: { readonly sku: Sku }) {
  const from = useMemo(() => new Date(Date.now() - thirtyDaysMs).toISOString(), []);
  const series = useResource('history.showSeries', { names: `seats.${skuId}`, from, step: 'hour' }, slowMs);
  const forecast = useResource('history.showForecast', {}, slowMs);
  const skip = Number(query.value.get('skip') ?? 0);
  const waiting = useResource('tenant.showWaiting', { sku: skuId, skip, limit: pageSize });
  return (
    <div class="stack">
      <div class="row">
        <h1>{skuPartNumber}</h1>
        <Link to="/seats">All SKUs</Link>
      </div>
      <section class="card" aria-labelledby="sku-seats">
        <h2 id="sku-seats">Seats</h2>
        <p>
          {number(seats.consumed)} of {number(seats.enabled)} taken, {number(seats.free)} free. Runs out:{' '}
          <RunsOut
            last={seatsLast(
              { assignable, free: seats.free },
              (forecast.data.value ?? []).find((one) => one.skuId === skuId),
            )}
          />
        </p>
        {note === null ? null : (
          <p class="note">
            <Prose text={note} />
          </p>
        )}
        <Loaded resource={series}>
          {({ at, series: found }) => {
            const taken = found[`seats.${skuId}`];
            return taken === undefined ? (
              <Empty>No history yet: seats are written down once an hour.</Empty>
            ) : (
              <Chart
                name="Seats taken, last 30 days"
                at={at}
                unit=""
                lines={[
                  { label: 'taken', values: taken },
                  { label: 'bought now', values: at.map(() => seats.enabled), isGoal: true },
                ]}
              />
            );
          }}
        </Loaded>
      </section>
      <section class="card" aria-labelledby="sku-waiting">
        <h2 id="sku-waiting">Who waits</h2>
        <Loaded resource={waiting}>
          {(found) => {
            const list = found.find((one) => one.skuId === skuId && one.waiting > 0);
            return list === undefined ? (
              <Empty>No user waits for a seat.</Empty>
            ) : (
              <>
                <HowSeatsComeFree />
                <WaitingList list={list} />
                <Pager
                  skip={skip}
                  shown={list.users.length}
                  total={list.waiting}
                  size={pageSize}
                  onGo={(to) => setQuery({ skip: to === 0 ? undefined : String(to) })}
                />
              </>
            );
          }}
        </Loaded>
      </section>
    </div>
  );
}
