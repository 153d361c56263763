import { Link } from '../../frame/link';
import { namedSkus } from '../queue/scope-words';

/** What the first word of an action says its subject is, where it is one thing that has a view. */
const places: readonly (readonly [actions: RegExp, subject: RegExp, to: (id: string) => string])[] = [
  [
    /^(?:user|failure|exception|pin)\//,
    /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/,
    (id) => `/users/${id}`,
  ],
  [/^policy\//, /^[0-9a-f]{64}$/, (hash) => `/policy/${hash}`],
  [/^rollout\//, /^[\w]+-[\w-]+$/, (rollout) => `/rollouts/${rollout}`],
];
const longestShown = 40;

/** What an entry is about; a user, a policy and a rollout are links, of a hash the beginning is shown, a SKU has its name. */
export function AuditSubject({
  action,
  subject,
  skuNames,
}: {
  readonly action: string;
  readonly subject: string;
  readonly skuNames: ReadonlyMap<string, string>;
}) {
  const [, , to] = places.find(([actions, pattern]) => actions.test(action) && pattern.test(subject)) ?? [];
  if (to === undefined) return <span title={subject}>{namedSkus(subject, skuNames)}</span>;
  return (
    <Link to={to(subject)}>
      {subject.length > longestShown ? <span title={subject}>{subject.slice(0, 12)}…</span> : subject}
    </Link>
  );
}
