import { ActButton } from '../../act/act-button';
import { ask } from '../../act/ask';
import type { Answer } from '../../api/routes';
import { useResource } from '../../data/resource';
import { Link } from '../../frame/link';
import { DataTable } from '../../parts/data-table';
import { number } from '../../parts/format';
import { Empty, Loaded } from '../../parts/states';
import { Age, Time } from '../../parts/time';

type Forecast = Answer<'history.showForecast'>[number];
type Waiting = Answer<'tenant.showWaiting'>[number];

/** Seats of each SKU and until when they last; who waits; what Graph refused together. */
export function SeatsView() {
  const skus = useResource('tenant.showSkus', {}, 60_000);
  const forecast = useResource('history.showForecast', {}, 60_000);
  const waiting = useResource('tenant.showWaiting', {});
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

function WaitingList({ list: { skuPartNumber, waiting, seats, users } }: { readonly list: Waiting }) {
  return (
    <>
      <h3>
        {skuPartNumber}: {number(waiting)} wait, {number(seats.free)} of {number(seats.enabled)} free
      </h3>
      <p>
        As soon as seats are bought or freed they are handed out, within 15 s, in this order.{' '}
        <Link to="/failures/class/seats">Replay all who wait</Link>
      </p>
      <DataTable
        name={`Who waits for ${skuPartNumber}`}
        rows={users}
        keyOf={({ userId }) => userId}
        linkOf={({ userId }) => `/users/${userId}`}
        file={`waiting-${skuPartNumber}`}
        columns={[
          {
            title: 'Turn',
            isNumber: true,
            cell: ({ position }) => number(position),
            csv: ({ position }) => position,
          },
          {
            title: 'Who',
            cell: ({ userId, userPrincipalName }) => (
              <Link to={`/users/${userId}`}>{userPrincipalName ?? userId}</Link>
            ),
            csv: ({ userId, userPrincipalName }) => userPrincipalName ?? userId,
          },
          { title: 'Since', cell: ({ since }) => <Age at={since} />, csv: ({ since }) => since },
          {
            title: 'Priority',
            isNumber: true,
            cell: ({ priority }) => priority,
            csv: ({ priority }) => priority,
          },
          {
            title: 'Meanwhile',
            cell: ({ fallback }) => fallback ?? 'nothing',
            csv: ({ fallback }) => fallback,
          },
          {
            title: 'Expected',
            cell: ({ expectedAt }) => (expectedAt === null ? 'not known' : <Time at={expectedAt} />),
            csv: ({ expectedAt }) => expectedAt,
          },
        ]}
      />
    </>
  );
}

function SeatTable({
  skus,
  forecasts,
}: {
  readonly skus: Answer<'tenant.showSkus'>;
  readonly forecasts: readonly Forecast[];
}) {
  const byId = new Map(forecasts.map((one) => [one.skuId, one]));
  return (
    <DataTable
      name="Seats"
      rows={skus}
      keyOf={({ skuId }) => skuId}
      file="seats"
      columns={[
        {
          title: 'SKU',
          cell: ({ skuPartNumber }) => skuPartNumber,
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
          cell: ({ skuId }) => <RunsOut forecast={byId.get(skuId)} />,
          csv: ({ skuId }) => byId.get(skuId)?.runsOutAt,
        },
        {
          title: 'Note',
          cell: ({ note, assignable }) => note ?? (assignable ? '' : 'cannot be assigned'),
          csv: ({ note }) => note,
        },
      ]}
    />
  );
}

function RunsOut({ forecast }: { readonly forecast: Forecast | undefined }) {
  if (forecast === undefined) return <>not known</>;
  if (forecast.runsOutAt !== null) return <Time at={forecast.runsOutAt} />;
  return <>{forecast.note === null ? 'not within a year' : `not known: ${forecast.note}`}</>;
}

function Conflicts({ conflicts }: { readonly conflicts: Answer<'tenant.showConflicts'> }) {
  if (conflicts.length === 0) return <Empty>Nothing was learnt.</Empty>;
  return (
    <ul>
      {conflicts.map((one) => (
        <li key={one.text}>
          {one.text}{' '}
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
