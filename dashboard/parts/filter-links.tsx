import { Link } from '../frame/link';

/** A choice that is in the link, so that it can be sent to a colleague. */
export function FilterLinks({
  name,
  options,
  current,
}: {
  readonly name: string;
  readonly options: readonly { readonly value: string; readonly label: string; readonly to: string }[];
  readonly current: string;
}) {
  return (
    <nav class="filters" aria-label={name}>
      {options.map(({ value, label, to }) => (
        <Link key={value} to={to} isCurrent={value === current}>
          {label}
        </Link>
      ))}
    </nav>
  );
}
