/** A cause of the verdict, by what it is and what it is about. */
export type Named = { readonly code: string; readonly subject?: string };

/**
 * Where a cause is looked at; undefined: there is no such view.
 * A list is named only when it has the users: none has those whom nothing is known of, and what holds them is in the queues.
 */
export function placeOf({
  code,
  subject = '',
}: Named): { readonly to: string; readonly label: string } | undefined {
  switch (code) {
    case 'decide/stuck':
    case 'apply/stuck':
    case 'queues/unreachable':
    case 'objective/missed':
    case 'paused/old':
    case 'users/without-outcome':
      return { to: '/queue', label: 'See the queues' };
    case 'seats/out':
      return { to: '/seats', label: 'See who' };
    case 'failures/open':
      return { to: `/failures/class/${encodeURIComponent(subject)}`, label: 'See who' };
    case 'failures/dismissed':
      return { to: '/failures?state=dismissed', label: 'See them' };
    case 'users/overdue':
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

/** Whether there is one button that may be all that is needed. Seats are handed out by themselves. */
export function hasButton({ code, subject }: Named): boolean {
  return subject !== undefined && withButton.has(code);
}

const withButton: ReadonlySet<string> = new Set([
  'graph/refuses',
  'paused/all',
  'paused/part',
  'failures/open',
]);
