import { Link } from '../frame/link';

/** A user by name where it is known, with the id beside it; links hold the id alone. */
export function Who({
  id,
  name,
  to,
}: {
  readonly id: string;
  readonly name: string | null | undefined;
  readonly to: string;
}) {
  if (name === null || name === undefined) return <Link to={to}>{id}</Link>;
  return (
    <>
      <Link to={to}>{name}</Link> <span class="quiet id">{id}</span>
    </>
  );
}
