import { ActButton } from '../../act/act-button';
import { ask } from '../../act/ask';
import { Link } from '../../frame/link';
import { count, number, spaced } from '../../parts/format';
import { Prose } from '../../parts/prose';
import { Age, Time } from '../../parts/time';
import { Card } from './card';
import { missingPart } from './overview-data';
import type { Overview } from './overview-data';

/** Outcomes whose users can be listed. */
const listed = new Set(['underWay', 'waiting', 'blocked', 'held', 'grace', 'pinned', 'failed']);

/** Users by outcome, as the counters have it and the nightly census corrects it. */
export function UsersCard({ overview }: { readonly overview: Overview }) {
  const { users, census } = overview;
  const isNew = census === null || census.state === 'never';
  return (
    <Card title="Users" missing={missingPart(overview, 'users')}>
      {users === null ? null : (
        <>
          <p>
            <b>{number(users.total)}</b> users
          </p>
          <dl class="facts">
            {Object.entries(users.outcomes)
              .sort(([, a], [, b]) => b - a)
              .map(([outcome, many]) => (
                <div class="pair" key={outcome}>
                  <dt>
                    {listed.has(outcome) ? (
                      <Link to={`/users?kind=${outcome}`}>{spaced(outcome)}</Link>
                    ) : (
                      spaced(outcome)
                    )}
                  </dt>
                  <dd class="number">{number(many)}</dd>
                </div>
              ))}
          </dl>
          <p class="quiet">
            Corrected <Time at={users.correctedAt} />
          </p>
        </>
      )}
      {isNew ? (
        <p>No census has run yet. It looks at every user once, also those who were there before the app.</p>
      ) : (
        <p class="quiet">
          Census {census.state}
          {census.endedAt === null ? null : (
            <>
              {' '}
              <Time at={census.endedAt} />
            </>
          )}
          , {count(census.withoutOutcome, 'user')} without an outcome.
        </p>
      )}
      <ActButton
        label="Start a census…"
        needs="Operator"
        onPress={() =>
          ask(
            'tenant.askForCensus',
            {},
            {
              title: 'Start a census',
              text: 'Every user of the tenant is compared with what is known. It goes on beside everything else, and may take an hour for a large tenant.',
              button: 'Start',
            },
          )
        }
      />
    </Card>
  );
}

/** Where the app learns of users, and when it last did. */
export function SourcesCard({ overview: { sources } }: { readonly overview: Overview }) {
  const { notifications, delta, groups, subscription, groupSubscription, auditLog } = sources;
  return (
    <Card title="Sources">
      <dl class="facts">
        <dt>Changes (delta)</dt>
        <dd>
          {delta === null || delta.workedAt === null ? (
            'not known'
          ) : (
            <>
              <Age at={delta.workedAt} /> ago
            </>
          )}
          {delta === null || delta.failingSince === null ? null : (
            <div class="missed">
              fails since <Time at={delta.failingSince} />: <Prose text={delta.error ?? ''} />
            </div>
          )}
        </dd>
        <dt>Groups (delta)</dt>
        <dd>
          {groups === null ? (
            'not known'
          ) : !groups.isUsed ? (
            'not used: no policy names a group'
          ) : groups.workedAt === null ? (
            'no round yet'
          ) : (
            <>
              <Age at={groups.workedAt} /> ago
            </>
          )}
          {groups === null || groups.failingSince === null ? null : (
            <div class="missed">
              fails since <Time at={groups.failingSince} />: <Prose text={groups.error ?? ''} />
            </div>
          )}
        </dd>
        <dt>{notifications?.by === 'eventGrid' ? 'Notifications (Event Grid)' : 'Notifications'}</dt>
        <dd>
          {notifications === null ? (
            'not known'
          ) : !notifications.isUsed ? (
            'not used'
          ) : notifications.lastAt === null ? (
            'none yet'
          ) : (
            <>
              <Age at={notifications.lastAt} /> ago
            </>
          )}
        </dd>
        <dt>Subscription</dt>
        <dd>
          {subscription === null || subscription.expiresAt === null ? (
            'none'
          ) : (
            <>
              until <Time at={subscription.expiresAt} />
            </>
          )}
        </dd>
        {groups === null || !groups.isUsed || groupSubscription === null ? null : (
          <>
            <dt>Subscription to groups</dt>
            <dd>
              {groupSubscription.isRefused ? (
                'Graph refuses it: Group.Read.All is missing'
              ) : groupSubscription.expiresAt === null ? (
                'none'
              ) : (
                <>
                  until <Time at={groupSubscription.expiresAt} />
                </>
              )}
            </dd>
          </>
        )}
        {auditLog === null || !auditLog.isUsed ? null : (
          <>
            <dt>Audit log (Event Hubs)</dt>
            <dd>
              {auditLog.lastAt === null ? (
                'none yet'
              ) : (
                <>
                  <Age at={auditLog.lastAt} /> ago
                  {auditLog.lagSeconds === null
                    ? null
                    : `, ${String(auditLog.lagSeconds)} s after its change`}
                </>
              )}
            </dd>
          </>
        )}
      </dl>
    </Card>
  );
}
