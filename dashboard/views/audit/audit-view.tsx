import { useSignal } from '@preact/signals';
import { useMemo } from 'preact/hooks';
import { read } from '../../api/client';
import type { Answer } from '../../api/routes';
import { exportedAtOnce, readAll } from '../../data/read-all';
import type { AllRows } from '../../data/read-all';
import { lookEveryMs, useResource } from '../../data/resource';
import { useSkuNames } from '../../data/sku-names';
import { Link } from '../../frame/link';
import { query, setQuery } from '../../frame/location';
import { CursorPager } from '../../parts/cursor-pager';
import { DataTable } from '../../parts/data-table';
import { emptyPage } from '../../parts/empty-page';
import { FilterLinks } from '../../parts/filter-links';
import { Empty, Loaded } from '../../parts/states';
import { Time } from '../../parts/time';
import { AuditSubject } from './audit-subject';

type Entry = Answer<'requests.showAudit'>['items'][number];

const pageSize = 50;
const dayMs = 86_400_000;
const spans = [
  { value: '', label: 'All' },
  { value: '1', label: 'Last day' },
  { value: '7', label: 'Last week' },
  { value: '30', label: 'Last 30 days' },
];

/** This view with one filter changed, the others as they are. Who is named by object id: links hold no names. */
function linkTo(name: 'days' | 'by', value: string): string {
  const next = new URLSearchParams(query.value);
  if (value === '') next.delete(name);
  else next.set(name, value);
  const text = next.toString();
  return `/audit${text === '' ? '' : `?${text}`}`;
}

const kindOf = { asked: 'chip', done: 'chip good', refused: 'chip warn', failed: 'chip bad' } as const;

/** Who did what, when and why, and how it ended. The filters are in the link. */
export function AuditView() {
  const cursor = useSignal<string | undefined>(undefined);
  const action = query.value.get('action') ?? '';
  const subject = query.value.get('subject') ?? '';
  const by = query.value.get('by') ?? '';
  const days = query.value.get('days') ?? '';
  const since = useMemo(
    () => (Number(days) > 0 ? new Date(Date.now() - Number(days) * dayMs).toISOString() : ''),
    [days],
  );
  const filters = {
    ...(action === '' ? {} : { action }),
    ...(subject === '' ? {} : { subject }),
    ...(by === '' ? {} : { by }),
    ...(since === '' ? {} : { since }),
  };
  const isFiltered = Object.keys(filters).length > 0;
  const pageFrom = (at: string | undefined, limit: number) => ({
    ...filters,
    limit,
    ...(at === undefined ? {} : { cursor: at }),
  });
  const resource = useResource(
    'requests.showAudit',
    pageFrom(cursor.value, pageSize),
    cursor.value === undefined ? lookEveryMs : null,
  );
  const readEverything = () => readAll((at) => read('requests.showAudit', pageFrom(at, exportedAtOnce)));
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
        {by === '' ? null : <Link to={linkTo('by', '')}>Only one person’s entries: show all</Link>}
      </div>
      <FilterLinks
        name="Since when"
        current={days}
        options={spans.map(({ value, label }) => ({ value, label, to: linkTo('days', value) }))}
      />
      <Loaded resource={resource} lines={8}>
        {({ items, next, isPartial }) => (
          <section class="card" aria-label="Entries">
            {isPartial ? (
              <p class="note">
                Only the newest 2,000 entries from here were looked through; go further for more.
              </p>
            ) : null}
            {items.length === 0 ? (
              <Empty>
                {emptyPage(
                  { isFirst: cursor.value === undefined, next },
                  isFiltered ? (
                    <>
                      No entry fits. <Link to="/audit">Show all</Link>
                    </>
                  ) : (
                    'No action was recorded yet: what people do by the page or a command comes here.'
                  ),
                )}
              </Empty>
            ) : (
              <Entries entries={items} readEverything={readEverything} />
            )}
            <CursorPager
              isFirst={cursor.value === undefined}
              next={next}
              onGo={(to) => (cursor.value = to)}
              first="To the newest"
            />
          </section>
        )}
      </Loaded>
    </div>
  );
}

function Entries({
  entries,
  readEverything,
}: {
  readonly entries: readonly Entry[];
  readonly readEverything: () => Promise<AllRows<Entry>>;
}) {
  const skuNames = useSkuNames();
  return (
    <DataTable
      name="Audit"
      isSteady
      rows={entries}
      keyOf={({ key }) => key}
      file="audit"
      readAll={readEverything}
      columns={[
        { title: 'When', cell: ({ at }) => <Time at={at} />, csv: ({ at }) => at },
        {
          title: 'Who',
          cell: ({ by, byId }) => (byId === undefined ? by : <Link to={linkTo('by', byId)}>{by}</Link>),
          csv: ({ by }) => by,
        },
        { title: 'What', cell: ({ action }) => action, csv: ({ action }) => action },
        {
          title: 'On',
          cell: ({ action, subject }) => (
            <AuditSubject action={action} subject={subject} skuNames={skuNames} />
          ),
          csv: ({ subject }) => subject,
        },
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
