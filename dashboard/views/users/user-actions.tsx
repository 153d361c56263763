import { useSignal } from '@preact/signals';
import { ActButton } from '../../act/act-button';
import { ask } from '../../act/ask';
import { actNow } from '../../act/run-ask';
import type { Answer } from '../../api/routes';

type User = Answer<'users.showUser'>;

/** Look again, go back to a time, leave alone, and the ways out of these. */
export function UserActions({ user }: { readonly user: User }) {
  const to = useSignal('');
  const until = useSignal('');
  const { id } = user;
  const inForce = user.exceptions.filter(({ isOver }) => !isOver);
  const untilIso = until.value === '' ? {} : { until: new Date(until.value).toISOString() };
  return (
    <>
      <div class="buttons">
        <ActButton
          label="Look again"
          needs="Operator"
          kind="primary"
          onPress={() => void actNow('users.applyUsers', { users: [id] })}
        />
        {inForce.some(({ kind }) => kind === 'undo') ? (
          <ActButton
            label="End the undo…"
            needs="Operator"
            onPress={() =>
              ask(
                'users.releaseUndone',
                { user: id },
                {
                  title: 'End the undo',
                  text: 'The policy decides this user again, at once.',
                  button: 'End it',
                },
              )
            }
          />
        ) : null}
        {inForce.some(({ kind }) => kind !== 'undo') ? (
          <ActButton
            label="End the exceptions…"
            needs="Operator"
            onPress={() =>
              ask(
                'users.releaseException',
                { user: id },
                {
                  title: 'End the exceptions',
                  text: 'The policy decides this user again, at once.',
                  button: 'End them',
                },
              )
            }
          />
        ) : null}
      </div>
      <details>
        <summary>Undo, or never touch</summary>
        <div class="row buttons">
          <label>
            Back to{' '}
            <input
              type="datetime-local"
              value={to.value}
              onInput={(event) => (to.value = event.currentTarget.value)}
            />
          </label>
          <ActButton
            label="Undo to this time…"
            needs="Operator"
            notNow={to.value === '' ? 'choose a time first' : undefined}
            onPress={() =>
              ask(
                'users.undo',
                { user: id, to: new Date(to.value).toISOString() },
                {
                  title: 'Take the user back',
                  text: `The user gets the licenses that were held at ${to.value.replace('T', ' ')}, and keeps them until the undo is ended. Census and policy pass over the user meanwhile.`,
                  button: 'Undo',
                },
              )
            }
          />
        </div>
        <div class="row buttons">
          <label>
            Until (empty: for good){' '}
            <input
              type="datetime-local"
              value={until.value}
              onInput={(event) => (until.value = event.currentTarget.value)}
            />
          </label>
          <ActButton
            label="Never touch…"
            needs="Operator"
            onPress={() =>
              ask(
                'users.makeException',
                { user: id, kind: 'neverTouch', ...untilIso },
                {
                  title: 'Never touch this user',
                  text: 'Nothing is written to this user until the exception ends, whatever the policy says.',
                  button: 'Never touch',
                },
              )
            }
          />
        </div>
      </details>
    </>
  );
}
