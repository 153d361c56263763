import { ActButton } from '../../act/act-button';
import { read } from '../../api/client';
import type { Answer } from '../../api/routes';
import { exportedAtOnce, readAll } from '../../data/read-all';
import { useResource } from '../../data/resource';
import { Link } from '../../frame/link';
import { query, setQuery } from '../../frame/location';
import { CursorPager } from '../../parts/cursor-pager';
import { DataTable } from '../../parts/data-table';
import { number } from '../../parts/format';
import { Prose } from '../../parts/prose';
import { Empty, Loaded } from '../../parts/states';
import { Time } from '../../parts/time';
import { Approvals } from './approvals';
import { askForCensusRollout } from './rollout-asks';

type Rollout = Answer<'rollouts.showRollouts'>[number];

const pageSize = 50;
const order = ['awaiting', 'collecting', 'running', 'paused', 'done', 'cancelled'];
const kinds: Readonly<Record<string, string>> = {
  awaiting: 'chip warn',
  collecting: 'chip warn',
  running: 'chip good',
  paused: 'chip warn',
};

/** A state of a rollout, with its colour. */
export function StateChip({ state }: { readonly state: string }) {
  return <span class={kinds[state] ?? 'chip'}>{state}</span>;
}

/** What awaits a person first, then what runs, then what was. */
export function RolloutsView() {
  // Others begin while people look: a page begins after an id, not at a number.
  const after = query.value.get('after') ?? undefined;
  const rollouts = useResource('rollouts.showRollouts', {
    limit: pageSize,
    ...(after === undefined ? {} : { after }),
  });
  return (
    <div class="stack">
      <h1>Rollouts</h1>
      <Approvals />
      <section class="card" aria-labelledby="rollouts">
        <h2 id="rollouts">Rollouts</h2>
        <Loaded resource={rollouts}>
          {(found) =>
            found.length === 0 && after === undefined ? (
              <Empty>
                <Prose text="There was no rollout yet. Activating a policy starts one (the page Policy), and so does a replay of more than 50 users (the page Failures)." />
              </Empty>
            ) : (
              <>
                {found.length === 0 ? <Empty>No more.</Empty> : <List rollouts={found} />}
                <CursorPager
                  isFirst={after === undefined}
                  next={found.length < pageSize ? null : (found.at(-1)?.id ?? null)}
                  onGo={(to) => setQuery({ after: to })}
                />
              </>
            )
          }
        </Loaded>
        <p class="quiet pager">
          Is a user not as the policy in force says, and nothing is under way? This compares every user with
          it, and sets right what differs.
        </p>
        <div class="buttons">
          <ActButton label="Set right what differs…" needs="Operator" onPress={askForCensusRollout} />
        </div>
      </section>
    </div>
  );
}

function List({ rollouts }: { readonly rollouts: readonly Rollout[] }) {
  const sorted = [...rollouts].sort(
    (a, b) => order.indexOf(a.state) - order.indexOf(b.state) || b.createdAt.localeCompare(a.createdAt),
  );
  return (
    <DataTable
      name="Rollouts"
      isSteady
      rows={sorted}
      keyOf={({ id }) => id}
      linkOf={({ id }) => `/rollouts/${id}`}
      file="rollouts"
      readAll={() =>
        readAll(async (after) => {
          const items = await read('rollouts.showRollouts', {
            limit: exportedAtOnce,
            ...(after === undefined ? {} : { after }),
          });
          return { items, next: items.length < exportedAtOnce ? null : (items.at(-1)?.id ?? null) };
        })
      }
      columns={[
        { title: 'Rollout', cell: ({ id }) => <Link to={`/rollouts/${id}`}>{id}</Link>, csv: ({ id }) => id },
        { title: 'State', cell: ({ state }) => <StateChip state={state} />, csv: ({ state }) => state },
        { title: 'Kind', cell: ({ kind }) => kind, csv: ({ kind }) => kind },
        { title: 'Asked by', cell: ({ by }) => by, csv: ({ by }) => by },
        {
          title: 'Users',
          isNumber: true,
          cell: ({ members }) => number(members),
          csv: ({ members }) => members,
        },
        {
          title: 'Done',
          isNumber: true,
          cell: ({ counts, members }) => number(members - counts.pending - counts.queued),
          csv: ({ counts, members }) => members - counts.pending - counts.queued,
        },
        {
          title: 'Begun',
          cell: ({ createdAt }) => <Time at={createdAt} />,
          csv: ({ createdAt }) => createdAt,
        },
      ]}
    />
  );
}
