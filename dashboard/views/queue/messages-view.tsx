import { useSignal } from '@preact/signals';
import { read } from '../../api/client';
import type { Answer, Input } from '../../api/routes';
import { exportedAtOnce, readAll } from '../../data/read-all';
import type { AllRows } from '../../data/read-all';
import { lookEveryMs, useResource } from '../../data/resource';
import { Link } from '../../frame/link';
import type { ViewProps } from '../../frame/view-props';
import { CursorPager } from '../../parts/cursor-pager';
import { DataTable } from '../../parts/data-table';
import { emptyPage } from '../../parts/empty-page';
import { FilterLinks } from '../../parts/filter-links';
import { localTimes, number } from '../../parts/format';
import { Empty, Loaded } from '../../parts/states';
import { Age, Time } from '../../parts/time';
import { Who } from '../../parts/who';

type Message = Answer<'queues.peekMessages'>['items'][number];
type State = 'active' | 'dead';

const pageSize = 50;
/** Of a body, until it is asked for. */
const longestShown = 300;

/** Messages of one queue in words. They are looked at where they lie: nothing is locked, no delivery is counted. */
export function MessagesView({ parameters }: ViewProps) {
  const queue = parameters['queue'] ?? '';
  const state: State = parameters['state'] === 'dead' ? 'dead' : 'active';
  const text = useSignal('');
  const searched = useSignal('');
  const from = useSignal<string | undefined>(undefined);
  return (
    <div class="stack">
      <div class="row">
        <h1>{queue}</h1>
        <Link to="/queue">All queues</Link>
      </div>
      <FilterLinks
        name="Which messages"
        current={state}
        options={[
          { value: 'active', label: 'Waiting', to: `/queue/${queue}/active` },
          { value: 'dead', label: 'Dead letters', to: `/queue/${queue}/dead` },
        ]}
      />
      <form
        class="row"
        role="search"
        onSubmit={(event) => {
          event.preventDefault();
          from.value = undefined;
          searched.value = text.value.trim();
        }}
      >
        <label>
          <span class="for-readers">Search by user id, SKU id, reason or text</span>
          <input
            type="search"
            placeholder="user id, SKU id, reason, text"
            value={text.value}
            onInput={(event) => (text.value = event.currentTarget.value)}
          />
        </label>
        <button type="submit">Search</button>
      </form>
      {searched.value === '' ? (
        <Peeked queue={queue} state={state} from={from.value} onGo={(next) => (from.value = next)} />
      ) : (
        <Searched
          search={{ queue, state, text: searched.value }}
          from={from.value}
          onGo={(next) => (from.value = next)}
        />
      )}
    </div>
  );
}

function Peeked({
  queue,
  state,
  from,
  onGo,
}: {
  readonly queue: string;
  readonly state: State;
  readonly from: string | undefined;
  readonly onGo: (next: string | undefined) => void;
}) {
  const pageFrom = (at: string | undefined, limit: number) => ({
    queue,
    state,
    limit,
    ...(at === undefined ? {} : { from: at }),
  });
  const resource = useResource('queues.peekMessages', pageFrom(from, pageSize), lookEveryMs);
  return (
    <Loaded resource={resource} lines={8}>
      {({ items, next }) => (
        <Found
          items={items}
          next={next}
          state={state}
          isFirst={from === undefined}
          onGo={onGo}
          nothing={emptyPage(
            { isFirst: from === undefined, next },
            state === 'dead'
              ? 'No dead letters: no message was given up on.'
              : 'Nothing waits: each message was taken.',
          )}
          readEverything={() => readAll((at) => read('queues.peekMessages', pageFrom(at, exportedAtOnce)))}
        />
      )}
    </Loaded>
  );
}

/** What is searched for, without where: a file begins at the first message, whatever page is shown. */
type Search = Pick<Input<'queues.findMessages'>, 'queue' | 'text'> & { readonly state: State };

function Searched({
  search,
  from,
  onGo,
}: {
  readonly search: Search;
  readonly from: string | undefined;
  readonly onGo: (next: string | undefined) => void;
}) {
  const pageFrom = (at: string | undefined) => ({ ...search, ...(at === undefined ? {} : { from: at }) });
  const resource = useResource('queues.findMessages', pageFrom(from), null);
  return (
    <Loaded resource={resource} lines={8}>
      {({ items, next, scanned }) => (
        <>
          <p class="quiet">Looked at {number(scanned)} messages.</p>
          <Found
            items={items}
            next={next}
            state={search.state}
            isFirst={from === undefined}
            onGo={onGo}
            nothing="None of the messages that were looked at fits."
            readEverything={() =>
              readAll((at) => read('queues.findMessages', { ...pageFrom(at), limit: exportedAtOnce }))
            }
          />
        </>
      )}
    </Loaded>
  );
}

function Found({
  items,
  next,
  state,
  isFirst,
  onGo,
  nothing,
  readEverything,
}: {
  readonly items: readonly Message[];
  readonly next: string | null;
  readonly state: State;
  readonly isFirst: boolean;
  readonly onGo: (next: string | undefined) => void;
  readonly nothing: string;
  readonly readEverything: () => Promise<AllRows<Message>>;
}) {
  return (
    <section class="card" aria-label="Messages">
      {items.length === 0 ? (
        <Empty>{nothing}</Empty>
      ) : (
        <MessageTable items={items} state={state} readEverything={readEverything} />
      )}
      <CursorPager isFirst={isFirst} next={next} onGo={onGo} first="To the oldest" />
    </section>
  );
}

/** Why it is there, which a message that waits has no answer to. */
const whyDead = {
  title: 'Why it is dead',
  cell: ({ deadLetterReason }: Message) => deadLetterReason ?? '–',
  csv: ({ deadLetterReason }: Message) => deadLetterReason,
};

function MessageTable({
  items,
  state,
  readEverything,
}: {
  readonly items: readonly Message[];
  readonly state: State;
  readonly readEverything: () => Promise<AllRows<Message>>;
}) {
  return (
    <DataTable
      name="Messages"
      isSteady
      rows={items}
      keyOf={({ sequenceNumber }) => sequenceNumber}
      linkOf={({ userId }) => (userId === null ? undefined : `/users/${userId}`)}
      file="messages"
      readAll={readEverything}
      columns={[
        {
          title: 'User',
          cell: ({ userId, userPrincipalName }) =>
            userId === null ? 'none' : <Who id={userId} name={userPrincipalName} to={`/users/${userId}`} />,
          csv: ({ userId }) => userId,
        },
        { title: 'Message', cell: ({ text }) => localTimes(text, Date.now()), csv: ({ text }) => text },
        { title: 'Lane', cell: ({ lane }) => lane ?? '–', csv: ({ lane }) => lane },
        { title: 'Age', cell: (message) => <AgeOf message={message} />, csv: ({ at }) => at },
        {
          title: 'Tries',
          isNumber: true,
          cell: ({ deliveryCount }) => number(deliveryCount),
          csv: ({ deliveryCount }) => deliveryCount,
        },
        ...(state === 'dead' ? [whyDead] : []),
        { title: 'Body', cell: ({ body }) => <Body body={body} />, csv: ({ body }) => bodyText(body) },
      ]}
    />
  );
}

/** Since when it waits, or from when on it will. */
function AgeOf({ message: { at, state } }: { readonly message: Message }) {
  if (at === null) return <>–</>;
  return state === 'scheduled' ? (
    <>
      due <Time at={at} />
    </>
  ) : (
    <Age at={at} />
  );
}

const bodyText = (body: unknown) => (typeof body === 'string' ? body : (JSON.stringify(body) ?? ''));

function Body({ body }: { readonly body: unknown }) {
  const whole = useSignal(false);
  const text = bodyText(body);
  const isLong = text.length > longestShown;
  return (
    <details>
      <summary>body</summary>
      <pre class="text">{whole.value || !isLong ? text : `${text.slice(0, longestShown)} …`}</pre>
      {isLong && !whole.value ? (
        <button type="button" class="link" onClick={() => (whole.value = true)}>
          Show all {number(text.length)} characters
        </button>
      ) : null}
    </details>
  );
}
