import { ActButton } from '../../act/act-button';
import { ask } from '../../act/ask';
import { Link } from '../../frame/link';
import type { Cause } from './verdict-words';

/** Where a cause is looked at; undefined: there is no such view. */
function placeOf({ code, subject = '' }: Cause): { readonly to: string; readonly label: string } | undefined {
  switch (code) {
    case 'decide/stuck':
    case 'apply/stuck':
    case 'queues/unreachable':
      return { to: '/queue', label: 'See the queues' };
    case 'failures/open':
      return { to: `/failures/class/${encodeURIComponent(subject)}`, label: 'See who' };
    default:
      return undefined;
  }
}

function scopeInWords(scope: string): string {
  if (scope === 'apply') return 'all writing';
  if (scope === 'intake') return 'all deciding';
  return scope;
}

/** The one button that may be all that is needed, and the way to see more. */
export function CauseActions({ cause }: { readonly cause: Cause }) {
  const place = placeOf(cause);
  return (
    <div class="row">
      <CauseButton cause={cause} />
      {place === undefined ? null : <Link {...place}>{place.label}</Link>}
      <Link to={`/runbook/${encodeURIComponent(cause.code)}`}>What to do</Link>
    </div>
  );
}

function CauseButton({ cause: { code, subject, users, action } }: { readonly cause: Cause }) {
  if (subject === undefined) return null;
  // A pause that a person set is lifted by a command; the product's own is only tried.
  const isOwn = action === undefined;
  switch (code) {
    case 'graph/refuses':
    case 'paused/all':
    case 'paused/part':
      return isOwn ? (
        <ActButton
          label="Try now…"
          needs="Operator"
          kind="primary"
          onPress={() =>
            ask(
              'queues.tryPause',
              { scope: subject },
              {
                title: 'Try now',
                text: `Lifts the pause of ${scopeInWords(subject)} at once. If Graph still refuses, it is paused again by itself, and no user is harmed.`,
                button: 'Try now',
              },
            )
          }
        />
      ) : (
        <ActButton
          label="Resume…"
          needs="Operator"
          kind="primary"
          onPress={() =>
            ask(
              'queues.liftPause',
              { scope: subject },
              {
                title: 'Resume',
                text: `Lets ${scopeInWords(subject)} go on. What was parked goes on by itself within half a minute.`,
                button: 'Resume',
              },
            )
          }
        />
      );
    case 'failures/open':
      return (
        <ActButton
          label="Replay all…"
          needs="Operator"
          kind="primary"
          onPress={() =>
            ask(
              'failures.replay',
              { class: subject },
              {
                title: `Replay all failures of class ${subject}`,
                text: 'Each of these users is read again and decided by what is true now. Nothing is sent again as it was. Doing it twice does no harm.',
                button: 'Replay',
                count: users,
                previews: true,
              },
            )
          }
        />
      );
    default:
      return null;
  }
}
