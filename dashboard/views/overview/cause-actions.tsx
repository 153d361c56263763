import { ActButton } from '../../act/act-button';
import { Link } from '../../frame/link';
import { askToReplayClass } from '../failures/replay-asks';
import { askToResume, askToTry } from '../queue/pause-asks';
import { runbookLink, sectionOfCause } from '../runbook/section-of';
import type { Cause } from './verdict-words';

/** Where a cause is looked at; undefined: there is no such view. */
function placeOf({ code, subject = '' }: Cause): { readonly to: string; readonly label: string } | undefined {
  switch (code) {
    case 'decide/stuck':
    case 'apply/stuck':
    case 'queues/unreachable':
    case 'objective/missed':
      return { to: '/queue', label: 'See the queues' };
    case 'seats/out':
      return { to: '/seats', label: 'See who' };
    case 'failures/open':
      return { to: `/failures/class/${encodeURIComponent(subject)}`, label: 'See who' };
    case 'users/overdue':
    case 'users/without-outcome':
      return { to: '/users?kind=underWay', label: 'See who' };
    case 'users/blocked':
      return { to: '/users?kind=blocked', label: 'See who' };
    case 'policy/unusable':
    case 'policy/names':
    case 'mode/observe':
      return { to: '/policy', label: 'See the policy' };
    case 'rollout/awaiting':
    case 'rollout/held':
      return { to: `/rollouts/${encodeURIComponent(subject)}`, label: 'Review it' };
    default:
      return undefined;
  }
}

/** Whether there is one button that may be all that is needed. */
export function hasButton({ code, subject }: Cause): boolean {
  return subject !== undefined && withButton.has(code);
}

const withButton: ReadonlySet<string> = new Set([
  'graph/refuses',
  'paused/all',
  'paused/part',
  'seats/out',
  'failures/open',
]);

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
