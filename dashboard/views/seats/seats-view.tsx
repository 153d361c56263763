import { ActButton } from '../../act/act-button';
import { ask } from '../../act/ask';
import type { Answer } from '../../api/routes';
import { useResource } from '../../data/resource';
import { Link } from '../../frame/link';
import { DataTable } from '../../parts/data-table';
import { number } from '../../parts/format';
import { Prose } from '../../parts/prose';
import { Empty, Loaded } from '../../parts/states';
import { Time } from '../../parts/time';
import { RunsOut } from './runs-out';
import { seatsLast, seatsLastInFile } from './seats-last';
import { HowSeatsComeFree, WaitingList } from './waiting-list';

type Forecast = Answer<'history.showForecast'>[number];
type Sku = Answer<'tenant.showSkus'>[number];

/** Users of each list; the view of the SKU has the others. */
const shownOfEach = 20;

/** Seats of each SKU and until when they last; who waits; what Graph refused together. */
export function SeatsView() {
  const skus = useResource('tenant.showSkus', {}, 60_000);
  const forecast = useResource('history.showForecast', {}, 60_000);
  const waiting = useResource('tenant.showWaiting', { limit: shownOfEach });
  const conflicts = useResource('tenant.showConflicts', {}, 60_000);
  return (
    <div class="stack">
      <h1>Waiting & seats</h1>
      <section class="card" aria-labelledby="waiting">
        <h2 id="waiting">Who waits</h2>
        <Loaded resource={waiting}>
          {(found) =>
            found.every((one) => one.waiting === 0) ? (
              <Empty>No user waits for a seat.</Empty>
            ) : (
              <>
                <HowSeatsComeFree />
                {found
                  .filter((one) => one.waiting > 0)
                  .map((one) => (
                    <WaitingList key={one.skuId} list={one} />
                  ))}
              </>
            )
          }
        </Loaded>
      </section>
      <section class="card" aria-labelledby="seats">
        <h2 id="seats">Seats</h2>
        <Loaded resource={skus}>
          {(found) => <SeatTable skus={found} forecasts={forecast.data.value ?? []} />}
        </Loaded>
      </section>
      <section class="card" aria-labelledby="conflicts">
        <h2 id="conflicts">Plans that Graph refused together</h2>
        <Loaded resource={conflicts}>{(found) => <Conflicts conflicts={found} />}</Loaded>
      </section>
    </div>
  );
}

/** What can be assigned and has the fewest free seats comes first. */
const scarcity = ({ assignable, seats }: Sku) => (assignable ? seats.free : Infinity);

function SeatTable({
  skus,
  forecasts,
}: {
  readonly skus: readonly Sku[];
  readonly forecasts: readonly Forecast[];
}) {
  const byId = new Map(forecasts.map((one) => [one.skuId, one]));
  const lastOf = ({ skuId, assignable, seats }: Sku) =>
    seatsLast({ assignable, free: seats.free }, byId.get(skuId));
  return (
    <DataTable
      name="Seats"
      rows={[...skus].sort(
        (a, b) => scarcity(a) - scarcity(b) || a.skuPartNumber.localeCompare(b.skuPartNumber),
      )}
      keyOf={({ skuId }) => skuId}
      linkOf={({ skuId }) => `/seats/${skuId}`}
      file="seats"
      columns={[
        {
          title: 'SKU',
          cell: ({ skuId, skuPartNumber }) => <Link to={`/seats/${skuId}`}>{skuPartNumber}</Link>,
          csv: ({ skuPartNumber }) => skuPartNumber,
        },
        {
          title: 'Seats',
          isNumber: true,
          cell: ({ seats }) => number(seats.enabled),
          csv: ({ seats }) => seats.enabled,
        },
        {
          title: 'Taken',
          isNumber: true,
          cell: ({ seats }) => number(seats.consumed),
          csv: ({ seats }) => seats.consumed,
        },
        {
          title: 'Free',
          isNumber: true,
          cell: ({ seats }) => number(seats.free),
          csv: ({ seats }) => seats.free,
        },
        {
          title: 'Runs out',
          cell: (sku) => <RunsOut last={lastOf(sku)} />,
          csv: (sku) => seatsLastInFile(lastOf(sku)),
        },
        {
          title: 'Note',
          cell: ({ note, assignable }) => <Prose text={note ?? (assignable ? '' : 'cannot be assigned')} />,
          csv: ({ note }) => note,
        },
      ]}
    />
  );
}

function Conflicts({ conflicts }: { readonly conflicts: Answer<'tenant.showConflicts'> }) {
  if (conflicts.length === 0) return <Empty>Nothing was learnt.</Empty>;
  return (
    <ul>
      {conflicts.map((one) => (
        <li key={one.text}>
          <Prose text={one.text} />{' '}
          <span class="quiet">
            learnt <Time at={one.learntAt} />
          </span>{' '}
          <ForgetButton conflict={one} />
        </li>
      ))}
    </ul>
  );
}

function ForgetButton({ conflict }: { readonly conflict: Answer<'tenant.showConflicts'>[number] }) {
  const [plan, other] = conflict.plans.map(({ servicePlanName }) => servicePlanName);
  if (plan === undefined || other === undefined) return null;
  return (
    <ActButton
      label="Forget…"
      needs="Operator"
      onPress={() =>
        ask(
          'tenant.forgetConflict',
          { plan, other },
          {
            title: 'Forget this lesson',
            text: 'Users whom it concerns are decided anew. If Graph still refuses, it is learnt again.',
            button: 'Forget',
          },
        )
      }
    />
  );
}
