import { useResource } from '../../data/resource';
import type { Answer } from '../../api/routes';
import { Link } from '../../frame/link';
import type { ViewProps } from '../../frame/view-props';
import { NextStep } from '../../parts/next-step';
import { Prose } from '../../parts/prose';
import { Loaded } from '../../parts/states';
import { Time } from '../../parts/time';
import { Timeline } from '../../parts/timeline';
import { OutcomeChip } from './outcome-chip';
import { LicenseTable } from './license-table';
import { RuleList } from './rule-list';
import { UserActions } from './user-actions';

type User = Answer<'users.showUser'>;

/** Everything about one user's licenses: what is so, why, what is next, and what happened. */
export function UserView({ parameters: { id = '' } }: ViewProps) {
  const user = useResource('users.showUser', { user: id });
  const timeline = useResource('users.showTimeline', { user: id });
  const explanation = useResource('users.explainUser', { user: id }, null);
  return (
    <div class="stack">
      <Loaded resource={user} lines={6} heading="User">
        {(found) => (
          <div class="stack">
            <Summary user={found} />
            <LicenseTable user={found} />
          </div>
        )}
      </Loaded>
      {user.data.value === undefined ? null : (
        <>
          <section class="card" aria-labelledby="rules">
            <h2 id="rules">Rules</h2>
            <Loaded resource={explanation}>{(found) => <RuleList explanation={found} />}</Loaded>
          </section>
          <section class="card" aria-labelledby="timeline">
            <h2 id="timeline">What happened</h2>
            <Loaded resource={timeline}>{({ entries }) => <Timeline entries={entries} />}</Loaded>
          </section>
        </>
      )}
    </div>
  );
}

function Summary({ user }: { readonly user: User }) {
  const { displayName, userPrincipalName, id, outcome, reasons, next, inDirectory } = user;
  return (
    <>
      <div class="row">
        <h1>{displayName ?? userPrincipalName ?? id}</h1>
        <OutcomeChip outcome={outcome} />
        <Link to={`/failures/${id}`}>Failures of this user</Link>
      </div>
      <section class="card" aria-label="Summary">
        {inDirectory ? null : (
          <p class="note">Graph does not know this user any more: what follows is what was stored.</p>
        )}
        <p>
          {userPrincipalName}{' '}
          <span class="quiet">
            {user.department ?? 'no department'}, usage location {user.usageLocation ?? 'none'}
          </span>
        </p>
        {reasons.length === 0 ? null : (
          <ul>
            {reasons.map(({ code, text }) => (
              <li key={`${code} ${text}`}>
                <Prose text={text} />
              </li>
            ))}
          </ul>
        )}
        <p>
          <NextStep next={next} />
        </p>
        {user.notExplained === null ? null : (
          <p class="note">
            <Prose text={user.notExplained} />
          </p>
        )}
        <UserActions user={user} />
        {user.exceptions.length === 0 ? null : (
          <>
            <h3>Exceptions</h3>
            <ul>
              {user.exceptions.map(({ kind, what, by, why, at, until, isOver }) => (
                <li key={`${kind} ${at}`}>
                  {what} {isOver ? <span class="chip">over</span> : null}{' '}
                  <span class="quiet">
                    by {by}, <Time at={at} />: {why}
                    {until === null ? '' : ', until '}
                    {until === null ? null : <Time at={until} />}
                  </span>
                </li>
              ))}
            </ul>
          </>
        )}
      </section>
    </>
  );
}
