import { useSignal } from '@preact/signals';
import { useEffect, useRef } from 'preact/hooks';
import type { Answer } from '../../api/routes';
import { useResource } from '../../data/resource';
import { Link } from '../../frame/link';
import { DataTable } from '../../parts/data-table';
import { Empty, Loaded } from '../../parts/states';
import { NotDone } from './not-done';
import { OutcomeChip } from './outcome-chip';

type Found = Answer<'users.findUsers'>;

/** Finds a user by a part of the name. What is typed travels in the body alone, never in the address. */
export function UsersView() {
  const field = useRef<HTMLInputElement>(null);
  const text = useSignal('');
  const searched = useSignal('');
  useEffect(() => field.current?.focus(), []);
  const resource = useResource(
    'users.findUsers',
    searched.value === '' ? null : { text: searched.value },
    null,
  );
  return (
    <div class="stack">
      <h1>Users</h1>
      <form
        class="row"
        role="search"
        onSubmit={(event) => {
          event.preventDefault();
          if (text.value.trim().length >= 2) searched.value = text.value.trim();
        }}
      >
        <label>
          <span class="for-readers">Beginning of a name or an address, or an id</span>
          <input
            ref={field}
            type="search"
            placeholder="beginning of a name, or an id"
            value={text.value}
            onInput={(event) => (text.value = event.currentTarget.value)}
          />
        </label>
        <button type="submit" class="primary">
          Search
        </button>
      </form>
      {searched.value === '' ? (
        <>
          <Empty>Type two letters or more of a name, a family name or an address.</Empty>
          <NotDone />
        </>
      ) : (
        <Loaded resource={resource}>{(found) => <FoundUsers found={found} />}</Loaded>
      )}
    </div>
  );
}

function FoundUsers({ found: { items, isMore } }: { readonly found: Found }) {
  if (items.length === 0)
    return <Empty>No user is found. A new user takes up to a minute to be found.</Empty>;
  return (
    <section class="card" aria-label="Users that were found">
      <DataTable
        name="Users"
        rows={items}
        keyOf={({ id }) => id}
        linkOf={({ id }) => `/users/${id}`}
        columns={[
          {
            title: 'Name',
            cell: ({ id, displayName, userPrincipalName }) => (
              <Link to={`/users/${id}`}>{displayName ?? userPrincipalName ?? id}</Link>
            ),
          },
          { title: 'Address', cell: ({ userPrincipalName }) => userPrincipalName ?? '–' },
          { title: 'Department', cell: ({ department }) => department ?? '–' },
          { title: 'Outcome', cell: ({ outcome }) => <OutcomeChip outcome={outcome} /> },
        ]}
      />
      {isMore ? <p class="quiet">There are more: type more of the name.</p> : null}
    </section>
  );
}
