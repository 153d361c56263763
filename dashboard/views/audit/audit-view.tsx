import { useSignal } from '@preact/signals';
import type { Answer } from '../../api/routes';
import { useResource } from '../../data/resource';
import { query, setQuery } from '../../frame/location';
import { DataTable } from '../../parts/data-table';
import { Empty, Loaded } from '../../parts/states';
import { Time } from '../../parts/time';

type Entry = Answer<'requests.showAudit'>['items'][number];

const pageSize = 50;
const kindOf = { asked: 'chip', done: 'chip good', refused: 'chip warn', failed: 'chip bad' } as const;

/** Who did what, when and why, and how it ended. The filters are in the link. */
export function AuditView() {
  const cursor = useSignal<string | undefined>(undefined);
  const action = query.value.get('action') ?? '';
  const subject = query.value.get('subject') ?? '';
  const resource = useResource(
    'requests.showAudit',
    {
      limit: pageSize,
      ...(cursor.value === undefined ? {} : { cursor: cursor.value }),
      ...(action === '' ? {} : { action }),
      ...(subject === '' ? {} : { subject }),
    },
    cursor.value === undefined ? 10_000 : null,
  );
  const filter = (name: string) => (event: Event) => {
    cursor.value = undefined;
    setQuery({ [name]: (event.currentTarget as HTMLInputElement).value.trim() || undefined });
  };
  return (
    <div class="stack">
      <h1>Audit</h1>
      <div class="row">
        <label>
          Action <input value={action} placeholder="failure/replay" onChange={filter('action')} />
        </label>
        <label>
          Subject <input value={subject} placeholder="an id, a scope, a class" onChange={filter('subject')} />
        </label>
      </div>
      <Loaded resource={resource} lines={8}>
        {({ items, next }) => (
          <section class="card" aria-label="Entries">
            {items.length === 0 ? <Empty>Nothing in this time.</Empty> : <Entries entries={items} />}
            <div class="row pager">
              {cursor.value === undefined ? null : (
                <button type="button" onClick={() => (cursor.value = undefined)}>
                  Newest
                </button>
              )}
              {next === null ? null : (
                <button type="button" onClick={() => (cursor.value = next)}>
                  Older
                </button>
              )}
            </div>
          </section>
        )}
      </Loaded>
    </div>
  );
}

function Entries({ entries }: { readonly entries: readonly Entry[] }) {
  return (
    <DataTable
      name="Audit"
      rows={entries}
      keyOf={({ key }) => key}
      file="audit"
      columns={[
        { title: 'When', cell: ({ at }) => <Time at={at} />, csv: ({ at }) => at },
        { title: 'Who', cell: ({ by }) => by, csv: ({ by }) => by },
        { title: 'What', cell: ({ action }) => action, csv: ({ action }) => action },
        { title: 'On', cell: ({ subject }) => subject, csv: ({ subject }) => subject },
        { title: 'Why', cell: ({ why }) => why ?? '–', csv: ({ why }) => why },
        {
          title: 'Result',
          cell: ({ result }) => (result === undefined ? '–' : <span class={kindOf[result]}>{result}</span>),
          csv: ({ result }) => result,
        },
      ]}
    />
  );
}
