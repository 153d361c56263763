import { DataTable } from '../../parts/data-table';
import type { Column } from '../../parts/data-table';
import { read } from '../../api/client';
import type { Answer } from '../../api/routes';
import { readAllByNumber } from '../../data/read-all';
import { Prose } from '../../parts/prose';
import { Time } from '../../parts/time';
import { Who } from '../../parts/who';

type List = Answer<'failures.showFailures'>;
type Failure = List['entries'][number];
/** Which failures: of one class, or of all. */
export type Wanted = { readonly state: List['state']; readonly class?: string };

const columns: readonly Column<Failure>[] = [
  {
    title: 'Who',
    cell: ({ subject, userPrincipalName }) => (
      <Who id={subject} name={userPrincipalName} to={`/failures/${encodeURIComponent(subject)}`} />
    ),
    csv: ({ userPrincipalName, subject }) => userPrincipalName ?? subject,
  },
  { title: 'Class', cell: (one) => one.class, csv: (one) => one.class },
  { title: 'What was said', cell: ({ reason }) => <Prose text={reason} />, csv: ({ reason }) => reason },
  {
    title: 'Last',
    cell: ({ lastAt }) => (lastAt === null ? 'not known' : <Time at={lastAt} />),
    csv: ({ lastAt }) => lastAt,
  },
];

/** One row: a user has one for each class, and a message may have the class of a failure. */
export const keyOf = ({ kind, class: name, subject }: Failure) => `${kind} ${name} ${subject}`;

/** Failures, one row each; a selection is by key and stays over a refresh. */
export function FailureTable({
  failures,
  wanted,
  selected,
  onSelect,
}: {
  readonly failures: readonly Failure[];
  readonly wanted: Wanted;
  readonly selected: ReadonlySet<string>;
  readonly onSelect: (key: string) => void;
}) {
  return (
    <DataTable
      name="Failures"
      isSteady
      // In the list of one class it says nothing; a file stands alone.
      columns={columns.map((one) => ({
        ...one,
        isFileOnly: wanted.class !== undefined && one.title === 'Class',
      }))}
      rows={failures}
      keyOf={keyOf}
      linkOf={({ subject }) => `/failures/${encodeURIComponent(subject)}`}
      selected={selected}
      onSelect={onSelect}
      file="failures"
      readAll={() =>
        readAllByNumber<Failure>(keyOf, async (page) => {
          const { entries, total, missing } = await read('failures.showFailures', { ...wanted, ...page });
          return { items: entries, total, isWhole: missing.length === 0 };
        })
      }
    />
  );
}
