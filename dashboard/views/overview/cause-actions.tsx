import { ActButton } from '../../act/act-button';
import { Link } from '../../frame/link';
import { askToReplayClass } from '../failures/replay-asks';
import { askToResume, askToTry } from '../queue/pause-asks';
import { runbookLink, sectionOfCause } from '../runbook/section-of';
import { placeOf } from './cause-places';
import type { Cause } from './verdict-words';

/** The one button, and the way to see more. `isFirst`: of the worst cause that has a button, whose button stands out. */
export function CauseActions({ cause, isFirst }: { readonly cause: Cause; readonly isFirst: boolean }) {
  const place = placeOf(cause);
  return (
    <div class="row">
      <CauseButton cause={cause} {...(isFirst ? { kind: 'primary' } : {})} />
      {place === undefined ? null : <Link {...place}>{place.label}</Link>}
      <Link to={runbookLink(sectionOfCause(cause))}>What to do</Link>
    </div>
  );
}

function CauseButton({
  cause: { code, subject, users, action },
  kind,
}: {
  readonly cause: Cause;
  readonly kind?: 'primary';
}) {
  if (subject === undefined) return null;
  const look = kind === undefined ? {} : { kind };
  // A pause that a person set is lifted by a command; the product's own is only tried.
  const isOwn = action === undefined;
  switch (code) {
    case 'graph/refuses':
    case 'paused/all':
    case 'paused/part':
      return isOwn ? (
        <ActButton label="Try now…" needs="Operator" {...look} onPress={() => askToTry(subject)} />
      ) : (
        <ActButton label="Resume…" needs="Operator" {...look} onPress={() => askToResume(subject)} />
      );
    case 'seats/out':
      return (
        <ActButton
          label="Replay all who wait…"
          needs="Operator"
          {...look}
          onPress={() => askToReplayClass('seats', null)}
        />
      );
    case 'failures/open':
      return (
        <ActButton
          label="Replay all…"
          needs="Operator"
          {...look}
          onPress={() => askToReplayClass(subject, users)}
        />
      );
    default:
      return null;
  }
}
