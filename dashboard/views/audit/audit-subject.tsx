import { Link } from '../../frame/link';

const links: readonly (readonly [RegExp, (id: string) => string])[] = [
  [/^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/, (id) => `/users/${id}`],
  [/^[0-9a-f]{64}$/, (hash) => `/policy/${hash}`],
  [/^(?:activation|census|held|replay|return|apply)-[\w-]+$/, (rollout) => `/rollouts/${rollout}`],
];
const longestShown = 40;

/** What an entry is about: a user, a policy and a rollout are links; a text that is a hash is cut. */
export function AuditSubject({ text }: { readonly text: string }) {
  const found = links.find(([pattern]) => pattern.test(text));
  if (found === undefined) return <>{text}</>;
  const [, to] = found;
  return (
    <Link to={to(text)}>{text.length > longestShown ? <span title={text}>{text.slice(0, 12)}…</span> : text}</Link>
  );
}
