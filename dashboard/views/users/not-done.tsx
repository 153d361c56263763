import { useSignal } from '@preact/signals';
import { read } from '../../api/client';
import type { Answer, Input } from '../../api/routes';
import { exportedAtOnce, readAll } from '../../data/read-all';
import { useResource } from '../../data/resource';
import { Link } from '../../frame/link';
import { query } from '../../frame/location';
import { outcomeCounts } from '../../frame/marks';
import { CursorPager } from '../../parts/cursor-pager';
import { DataTable } from '../../parts/data-table';
import { emptyPage } from '../../parts/empty-page';
import { FilterLinks } from '../../parts/filter-links';
import { number } from '../../parts/format';
import { Prose } from '../../parts/prose';
import { Empty, Loaded } from '../../parts/states';
import { Age } from '../../parts/time';

type Kind = Input<'overview.showAttention'>['kind'];
type One = Answer<'overview.showAttention'>['items'][number];

/** `none`: said where there is no such user. */
const kinds: readonly { readonly value: Kind; readonly label: string; readonly none: string }[] = [
  {
    value: 'underWay',
    label: 'Under way',
    none: 'No user is under way: each that is known has an outcome.',
  },
  {
    value: 'waiting',
    label: 'Waiting for a seat',
    none: 'No user waits for a seat. The page Waiting & seats says how many are free.',
  },
  { value: 'blocked', label: 'Blocked', none: 'No user is blocked: none needs a person first.' },
  {
    value: 'failed',
    label: 'Given up on',
    none: 'No user was given up on. Those who were before are on the page Failures.',
  },
  {
    value: 'held',
    label: 'Held by guards',
    none: 'No user is held by guards. What guards hold as a whole is on the page Rollouts.',
  },
  { value: 'grace', label: 'In grace', none: 'No user keeps a license for a time of grace.' },
  {
    value: 'pinned',
    label: 'Exceptions',
    none: 'No user has an exception. One is made on a user’s page, under “Undo, never touch, or an extra license”.',
  },
];
const noneOf = (kind: Kind) => kinds.find(({ value }) => value === kind)?.none ?? 'None.';

/** Users who are not done, by what they are: the list behind the counts of the overview. */
export function NotDone() {
  const kind = kinds.find(({ value }) => value === query.value.get('kind'))?.value ?? 'underWay';
  return (
    <section class="card" aria-labelledby="not-done">
      <h2 id="not-done">Users who are not done</h2>
      <FilterLinks
        name="Which users"
        current={kind}
        options={kinds.map(({ value, label }) => ({
          value,
          label: `${label}${countOf(value)}`,
          to: `/users?kind=${value}`,
        }))}
      />
      <OfKind kind={kind} key={kind} />
    </section>
  );
}

/** ` 51`, as the last overview counted them; nothing where there are none. */
function countOf(kind: Kind): string {
  const many = outcomeCounts.value[kind] ?? 0;
  return many === 0 ? '' : ` ${number(many)}`;
}

/** One page has them all. */
const isWhole = (cursor: string | undefined, next: string | null) => cursor === undefined && next === null;
const oldestFirst = (users: readonly One[]) => [...users].sort((a, b) => a.since.localeCompare(b.since));

function OfKind({ kind }: { readonly kind: Kind }) {
  const cursor = useSignal<string | undefined>(undefined);
  const resource = useResource('overview.showAttention', {
    kind,
    ...(cursor.value === undefined ? {} : { cursor: cursor.value }),
  });
  return (
    <Loaded resource={resource}>
      {({ items, next }) => (
        <>
          {items.length === 0 ? (
            <Empty>
              <Prose text={emptyPage({ isFirst: cursor.value === undefined, next }, noneOf(kind))} />
            </Empty>
          ) : (
            <Listed users={isWhole(cursor.value, next) ? oldestFirst(items) : items} kind={kind} />
          )}
          <CursorPager isFirst={cursor.value === undefined} next={next} onGo={(to) => (cursor.value = to)} />
        </>
      )}
    </Loaded>
  );
}

function Listed({ users, kind }: { readonly users: readonly One[]; readonly kind: Kind }) {
  return (
    <DataTable
      name="Users who are not done"
      isSteady
      rows={users}
      keyOf={({ id }) => id}
      linkOf={({ id }) => `/users/${id}`}
      file={`users-${kind}`}
      readAll={() =>
        readAll((cursor) =>
          read('overview.showAttention', {
            kind,
            limit: exportedAtOnce,
            ...(cursor === undefined ? {} : { cursor }),
          }),
        )
      }
      columns={[
        {
          title: 'Who',
          cell: ({ id, userPrincipalName }) => <Link to={`/users/${id}`}>{userPrincipalName ?? id}</Link>,
          csv: ({ id, userPrincipalName }) => userPrincipalName ?? id,
        },
        { title: 'For', cell: ({ since }) => <Age at={since} />, csv: ({ since }) => since },
        {
          title: 'Why',
          cell: ({ reason }) => (reason === null ? '–' : <Prose text={reason} />),
          csv: ({ reason }) => reason,
        },
      ]}
    />
  );
}
