import { ActButton } from '../../act/act-button';
import { ask } from '../../act/ask';
import { actNow } from '../../act/run-ask';
import type { Answer } from '../../api/routes';
import { UserExceptions } from './user-exceptions';

type User = Answer<'users.showUser'>;

/** Look again, go back to a time, leave alone, and the ways out of these. */
export function UserActions({ user }: { readonly user: User }) {
  const { id } = user;
  const inForce = user.exceptions.filter(({ isOver }) => !isOver);
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
        <summary>Undo, never touch, or an extra license</summary>
        <UserExceptions id={id} />
      </details>
    </>
  );
}
