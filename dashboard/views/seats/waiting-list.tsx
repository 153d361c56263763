import { ActButton } from '../../act/act-button';
import { read } from '../../api/client';
import type { Answer } from '../../api/routes';
import { readAllByNumber } from '../../data/read-all';
import { Link } from '../../frame/link';
import { DataTable } from '../../parts/data-table';
import { count, number } from '../../parts/format';
import { Age, Time } from '../../parts/time';
import { askToReplayClass } from '../failures/replay-asks';

type Waiting = Answer<'tenant.showWaiting'>[number];

/** What becomes of them, and the way to have all of them, of every SKU, decided anew at once. */
export function HowSeatsComeFree() {
  return (
    <>
      <p>
        As soon as seats are bought or freed they are handed out, within 15 s, in this order: nothing has to
        be pressed. To have all who wait, for whatever SKU, decided anew at once:
      </p>
      <ActButton
        label="Replay all who wait…"
        needs="Operator"
        onPress={() => askToReplayClass('seats', null)}
      />
    </>
  );
}

/** Who waits for a seat of one SKU, in the order in which seats are handed out. */
export function WaitingList({
  list: { skuId, skuPartNumber, waiting, seats, users },
}: {
  readonly list: Waiting;
}) {
  return (
    <>
      <h3>
        <Link to={`/seats/${skuId}`}>{skuPartNumber}</Link>: {count(waiting, 'user waits', 'users wait')},{' '}
        {number(seats.free)} of {number(seats.enabled)} free
      </h3>
      <DataTable
        name={`Who waits for ${skuPartNumber}`}
        isSteady
        rows={users}
        keyOf={({ userId }) => userId}
        linkOf={({ userId }) => `/users/${userId}`}
        file={`waiting-${skuPartNumber}`}
        readAll={() =>
          readAllByNumber<Waiting['users'][number]>(
            ({ userId }) => userId,
            async (page) => {
              const [list] = await read('tenant.showWaiting', { sku: skuId, ...page });
              return { items: list?.users ?? [], total: list?.waiting ?? 0, isWhole: true };
            },
          )
        }
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
            cell: ({ fallback }) => fallback ?? 'no fallback',
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
