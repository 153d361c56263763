import type { Input } from '../api/routes';
import { useResource } from '../data/resource';
import { count, number, spaced } from '../parts/format';
import { Loaded } from '../parts/states';

/** What deciding these anew would come to now. Nothing is written for it. */
export function Preview({ selection }: { readonly selection: Input<'failures.preview'> }) {
  const resource = useResource('failures.preview', selection, null);
  return (
    <div class="preview">
      <Loaded resource={resource} lines={2}>
        {({ users, looked, outcomes, written, withoutUser }) => (
          <>
            <p>
              Deciding{' '}
              {looked < users
                ? `the first ${number(looked)} of ${number(users)} users`
                : count(users, 'user')}{' '}
              now would give:{' '}
              {Object.entries(outcomes)
                .map(([outcome, many]) => `${spaced(outcome)} ${number(many)}`)
                .join(', ') || 'nothing'}
              . {count(written, 'user')} would be written to.
            </p>
            {withoutUser === 0 ? null : (
              <p>
                {count(withoutUser, 'message names no user', 'messages name no user')}: a replay does not
                help; dismiss what names no user.
              </p>
            )}
          </>
        )}
      </Loaded>
    </div>
  );
}
