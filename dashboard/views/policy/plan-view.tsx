import { useSignal } from '@preact/signals';
import type { PlanLine } from '../../../shared/ops-api/routes/plans';
import { read } from '../../api/client';
import type { Answer } from '../../api/routes';
import { exportedAtOnce, readAll } from '../../data/read-all';
import { useResource } from '../../data/resource';
import { Link } from '../../frame/link';
import { CursorPager } from '../../parts/cursor-pager';
import { DataTable } from '../../parts/data-table';
import { count, number, spaced } from '../../parts/format';
import { Prose } from '../../parts/prose';
import { Loaded } from '../../parts/states';

type Plan = Answer<'plans.showPlan'>;

const lookEveryMs = 1_500;

/** What the plan that is being made says; nothing is written by it. */
export function PlanView({ operation }: { readonly operation: string }) {
  const resource = useResource('requests.showOperation', { id: operation }, lookEveryMs);
  const { state, progress, result, problem } = resource.data.value ?? { state: 'queued' };
  if (state === 'failed') {
    return (
      <p class="problem" role="alert">
        <Prose
          text={typeof problem?.['detail'] === 'string' ? problem['detail'] : 'The plan could not be made.'}
        />
      </p>
    );
  }
  if (state !== 'done') {
    const { done = 0, total = 0 } = progress ?? {};
    return (
      <div role="status">
        <p>Planning {total === 0 ? '…' : `${number(done)} of ${number(total)} users`}</p>
        <progress aria-label="Plan" {...(total === 0 ? {} : { value: done, max: total })} />
      </div>
    );
  }
  return <Made plan={result as Plan} />;
}

function Made({ plan }: { readonly plan: Plan }) {
  const cursor = useSignal<string | undefined>(undefined);
  const { written = null } = plan;
  const others = written === null ? 0 : plan.changed - written;
  const lines = useResource(
    'plans.showPlanLines',
    { id: plan.id, ...(cursor.value === undefined ? {} : { cursor: cursor.value }) },
    null,
  );
  return (
    <div>
      <h3>The plan</h3>
      <p>
        Of {count(plan.users, 'user')} {number(written ?? plan.changed)} would be changed
        {others === 0
          ? ''
          : `, and ${number(others)} would wait, be blocked, held or kept by an exception`}:{' '}
        {Object.entries(plan.outcomes)
          .map(([outcome, many]) => `${spaced(outcome)} ${number(many)}`)
          .join(', ')}
        .
      </p>
      {plan.approval === null ? null : plan.approval.length === 0 ? (
        <p>Activating it would run at once: no guard holds it.</p>
      ) : (
        <div class="note">
          Activating it would wait until another person approves it:
          <ul>
            {plan.approval.map(({ code, text }) => (
              <li key={`${code} ${text}`}>
                <Prose text={text} />
              </li>
            ))}
          </ul>
        </div>
      )}
      {plan.unknown.length === 0 ? null : (
        <p class="note">
          Not known: <Prose text={plan.unknown.join('; ')} />
        </p>
      )}
      <ul>
        {plan.seats.map(({ sku, takenBefore, takenAfter, seats, waiting }) => (
          <li key={sku}>
            {sku}: {number(takenBefore)} → {number(takenAfter)} of {number(seats)} seats
            {waiting === 0 ? '' : `, ${number(waiting)} would wait`}
          </li>
        ))}
      </ul>
      {plan.cost === null ? null : (
        <p>
          Cost a month: {number(plan.cost.before)} → {number(plan.cost.after)}
        </p>
      )}
      <Loaded resource={lines}>
        {({ items, next }) => (
          <>
            <Lines plan={plan.id} lines={items as readonly PlanLine[]} />
            <CursorPager
              isFirst={cursor.value === undefined}
              next={next}
              onGo={(to) => (cursor.value = to)}
            />
          </>
        )}
      </Loaded>
    </div>
  );
}

function Lines({ plan, lines }: { readonly plan: string; readonly lines: readonly PlanLine[] }) {
  const changes = (many: PlanLine['plansOn']) =>
    many.map(({ sku, plans }) => `${sku}: ${plans.join(', ')}`).join('; ');
  return (
    <DataTable
      name="Users of the plan"
      rows={lines}
      keyOf={({ id }) => id}
      file="plan"
      readAll={() =>
        readAll(async (cursor) => {
          const { items, next } = await read('plans.showPlanLines', {
            id: plan,
            limit: exportedAtOnce,
            ...(cursor === undefined ? {} : { cursor }),
          });
          return { items: items as readonly PlanLine[], next };
        })
      }
      columns={[
        {
          title: 'Who',
          cell: ({ id, userPrincipalName }) => <Link to={`/users/${id}`}>{userPrincipalName ?? id}</Link>,
          csv: ({ id, userPrincipalName }) => userPrincipalName ?? id,
        },
        { title: 'Outcome', cell: ({ outcome }) => spaced(outcome), csv: ({ outcome }) => outcome },
        { title: 'Gains', cell: ({ gains }) => gains.join(', '), csv: ({ gains }) => gains.join(' ') },
        { title: 'Loses', cell: ({ loses }) => loses.join(', '), csv: ({ loses }) => loses.join(' ') },
        {
          title: 'Plans on',
          cell: ({ plansOn }) => changes(plansOn),
          csv: ({ plansOn }) => changes(plansOn),
        },
        {
          title: 'Plans off',
          cell: ({ plansOff }) => changes(plansOff),
          csv: ({ plansOff }) => changes(plansOff),
        },
      ]}
    />
  );
}
