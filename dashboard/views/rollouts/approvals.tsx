import { ActButton } from '../../act/act-button';
import { ask } from '../../act/ask';
import type { Answer } from '../../api/routes';
import { useResource } from '../../data/resource';
import { Prose } from '../../parts/prose';
import { Loaded } from '../../parts/states';
import { Time } from '../../parts/time';
import { me } from '../../session/me';

type Approval = Answer<'requests.showApprovals'>['items'][number];

/** What waits for a second person; nothing is shown while nothing waits. */
export function Approvals() {
  const resource = useResource('requests.showApprovals', {});
  return (
    <Loaded resource={resource} lines={1}>
      {({ items }) =>
        items.length === 0 ? null : (
          <section class="card" aria-labelledby="approvals">
            <h2 id="approvals">Waits for a second person</h2>
            <ul class="plain">
              {items.map((approval) => (
                <Waiting key={approval.id} approval={approval} />
              ))}
            </ul>
          </section>
        )
      }
    </Loaded>
  );
}

function Waiting({ approval: { id, text, by, why, count, expiresAt } }: { readonly approval: Approval }) {
  const notNow = me.value?.name === by ? 'you asked for it: another person must decide' : undefined;
  return (
    <li>
      <strong>
        <Prose text={text} />
      </strong>
      <div>
        {why}{' '}
        <span class="quiet">
          asked by {by}; expires <Time at={expiresAt} />
          {notNow === undefined ? null : `; ${notNow}`}
        </span>
      </div>
      <div class="buttons">
        <ActButton
          label="Approve…"
          needs="Approver"
          notNow={notNow}
          kind="danger"
          onPress={() =>
            ask(
              'approvals.approve',
              { id },
              {
                title: text,
                text: 'It is counted anew; when something else would be done by now, it is refused.',
                button: 'Approve',
                count,
                isGrave: true,
              },
            )
          }
        />
        <ActButton
          label="Reject…"
          needs="Approver"
          notNow={notNow}
          onPress={() =>
            ask(
              'approvals.reject',
              { id },
              {
                title: `Reject: ${text}`,
                text: 'Nothing is done. Who asked sees it in the audit.',
                button: 'Reject',
              },
            )
          }
        />
      </div>
    </li>
  );
}
