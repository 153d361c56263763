import { ActButton } from '../../act/act-button';
import { read } from '../../api/client';
import type { Answer } from '../../api/routes';
import { exportedAtOnce, readAll } from '../../data/read-all';
import { useResource } from '../../data/resource';
import { Link } from '../../frame/link';
import { query, setQuery } from '../../frame/location';
import type { ViewProps } from '../../frame/view-props';
import { CursorPager } from '../../parts/cursor-pager';
import { DataTable } from '../../parts/data-table';
import { emptyPage } from '../../parts/empty-page';
import { FilterLinks } from '../../parts/filter-links';
import { number, spaced } from '../../parts/format';
import { Prose } from '../../parts/prose';
import { Empty, Loaded } from '../../parts/states';
import { Time } from '../../parts/time';
import { me } from '../../session/me';
import { PlannedChange } from './planned-change';
import { askToApprove, askToChange, askToReturn } from './rollout-asks';
import { StateChip } from './rollouts-view';

type Rollout = Answer<'rollouts.showRollout'>;
type Member = Answer<'rollouts.showMembers'>[number];

const pageSize = 50;
const lookEveryMs = 5_000;

/** One rollout: why it waits, how far it is, and what it did to whom. */
export function RolloutView({ parameters: { id = '' } }: ViewProps) {
  const resource = useResource('rollouts.showRollout', { rollout: id }, lookEveryMs);
  return (
    <div class="stack">
      <Loaded resource={resource} lines={6} heading="Rollout">
        {(rollout) => (
          <div class="stack">
            <Head rollout={rollout} />
            {rollout.kind === 'activation' && rollout.state === 'awaiting' ? (
              <PlannedChange policyHash={rollout.policyHash} key={rollout.policyHash} />
            ) : null}
            <Members rollout={rollout} />
          </div>
        )}
      </Loaded>
    </div>
  );
}

function Head({ rollout }: { readonly rollout: Rollout }) {
  const { id, kind, state, by, why, approvedBy, createdAt, endedAt, finishAt, counts, members, policyHash } =
    rollout;
  const done = members - counts.pending - counts.queued;
  return (
    <>
      <div class="row">
        <h1>{id}</h1>
        <StateChip state={state} />
        <Link to="/rollouts">All rollouts</Link>
      </div>
      <section class="card" aria-label="Progress">
        <p>
          {kind}, asked by {by} <Time at={createdAt} />
          {why === null ? '' : `: ${why}`}
          {approvedBy === null ? '' : `. Approved by ${approvedBy}`}.{' '}
          <Link to={`/policy/${policyHash}`}>Its policy</Link>
        </p>
        {rollout.approvalReasons.length === 0 ? null : (
          <ul>
            {rollout.approvalReasons.map(({ code, text }) => (
              <li key={`${code} ${text}`}>
                <Prose text={text} />
              </li>
            ))}
          </ul>
        )}
        <progress aria-label="Users done" value={done} max={Math.max(1, members)} />
        <p>
          {number(done)} of {number(members)} users:{' '}
          {Object.entries(counts)
            .filter(([, many]) => many > 0)
            .map(([name, many]) => `${name} ${number(many)}`)
            .join(', ')}
        </p>
        {finishAt === null ? null : (
          <p class="quiet">
            Ends about <Time at={finishAt} />
          </p>
        )}
        {endedAt === null ? null : (
          <p class="quiet">
            Ended <Time at={endedAt} />
          </p>
        )}
        <Buttons rollout={rollout} />
      </section>
    </>
  );
}

function Buttons({ rollout: { id, kind, state, by, members } }: { readonly rollout: Rollout }) {
  const isHeld = state === 'awaiting' || state === 'collecting';
  const isOwn = me.value?.name === by && me.value.approval !== 'one-person';
  return (
    <div class="buttons">
      {isHeld && isOwn ? <p class="quiet">You asked for it: another person must approve.</p> : null}
      {isHeld ? (
        <ActButton
          label="Approve…"
          needs="Approver"
          kind="primary"
          notNow={isOwn ? 'you asked for it: another person must approve' : undefined}
          onPress={() => askToApprove(id, members)}
        />
      ) : null}
      {state === 'running' ? (
        <ActButton label="Pause…" needs="Operator" onPress={() => askToChange('pauseOne', id)} />
      ) : null}
      {state === 'paused' ? (
        <ActButton
          label="Resume…"
          needs="Operator"
          kind="primary"
          onPress={() => askToChange('resumeOne', id)}
        />
      ) : null}
      {isHeld || state === 'running' || state === 'paused' ? (
        <ActButton
          label="Cancel…"
          needs="Operator"
          kind="danger"
          onPress={() => askToChange('cancelOne', id)}
        />
      ) : null}
      {state === 'cancelled' && kind === 'activation' ? (
        <ActButton label="Return its users…" needs="Operator" onPress={() => askToReturn(id)} />
      ) : null}
    </div>
  );
}

function Members({ rollout: { id, counts } }: { readonly rollout: Rollout }) {
  const state = query.value.get('state') ?? '';
  // Members change their state while they are looked at: a page begins after an id, not at a number.
  const after = query.value.get('after') ?? undefined;
  const chosen = Object.keys(counts).find((name) => name === state) as Member['state'] | undefined;
  const wanted = { rollout: id, ...(chosen === undefined ? {} : { state: chosen }) };
  const resource = useResource('rollouts.showMembers', {
    ...wanted,
    limit: pageSize,
    ...(after === undefined ? {} : { after }),
  });
  return (
    <section class="card" aria-labelledby="members">
      <h2 id="members">Users</h2>
      <FilterLinks
        name="Which users"
        current={chosen ?? ''}
        options={[
          { value: '', label: 'All', to: `/rollouts/${id}` },
          ...Object.entries(counts)
            .filter(([, many]) => many > 0)
            .map(([name, many]) => ({
              value: name,
              label: `${name} ${number(many)}`,
              to: `/rollouts/${id}?state=${name}`,
            })),
        ]}
      />
      <Loaded resource={resource}>
        {(found) => (
          <>
            {found.length > 0 ? (
              <MemberTable members={found} wanted={wanted} />
            ) : (
              <Empty>
                {emptyPage(
                  { isFirst: after === undefined, next: null },
                  chosen === undefined ? (
                    'It has no users.'
                  ) : (
                    <>
                      No user is {chosen} any more. <Link to={`/rollouts/${id}`}>Show all its users</Link>
                    </>
                  ),
                )}
              </Empty>
            )}
            <CursorPager
              isFirst={after === undefined}
              next={found.length < pageSize ? null : (found.at(-1)?.id ?? null)}
              onGo={(to) => setQuery({ after: to })}
            />
          </>
        )}
      </Loaded>
    </section>
  );
}

type Wanted = { readonly rollout: string; readonly state?: Member['state'] };

function MemberTable({ members, wanted }: { readonly members: readonly Member[]; readonly wanted: Wanted }) {
  return (
    <DataTable
      name="Users of the rollout"
      rows={members}
      keyOf={(member) => member.id}
      linkOf={(member) => `/users/${member.id}`}
      file={wanted.rollout}
      readAll={() =>
        readAll(async (after) => {
          const items = await read('rollouts.showMembers', {
            ...wanted,
            limit: exportedAtOnce,
            ...(after === undefined ? {} : { after }),
          });
          return { items, next: items.length < exportedAtOnce ? null : (items.at(-1)?.id ?? null) };
        })
      }
      columns={[
        {
          title: 'Who',
          cell: (member) => <Link to={`/users/${member.id}`}>{member.userPrincipalName ?? member.id}</Link>,
          csv: (member) => member.userPrincipalName ?? member.id,
        },
        { title: 'State', cell: ({ state }) => state, csv: ({ state }) => state },
        {
          title: 'Planned',
          cell: ({ planned }) => (planned === null || planned === '' ? '–' : planned),
          csv: ({ planned }) => planned,
        },
        {
          title: 'Outcome',
          cell: ({ outcome }) => (outcome === null ? '–' : spaced(outcome)),
          csv: ({ outcome }) => outcome,
        },
        {
          title: 'Why',
          cell: ({ reason }) => (reason === null ? '–' : <Prose text={reason} />),
          csv: ({ reason }) => reason,
        },
      ]}
    />
  );
}
