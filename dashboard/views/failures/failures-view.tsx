import { useSignal } from '@preact/signals';
import { ActButton } from '../../act/act-button';
import type { Answer } from '../../api/routes';
import { lookEveryMs, useResource } from '../../data/resource';
import { Link } from '../../frame/link';
import { query, setQuery } from '../../frame/location';
import type { ViewProps } from '../../frame/view-props';
import { FilterLinks } from '../../parts/filter-links';
import { count, number } from '../../parts/format';
import { Pager } from '../../parts/pager';
import { Prose } from '../../parts/prose';
import { Empty, Loaded } from '../../parts/states';
import { Age } from '../../parts/time';
import { classInWords } from '../runbook/class-in-words';
import { runbookLink, sectionOfFailures } from '../runbook/section-of';
import { FailureTable, keyOf } from './failure-table';
import type { Wanted } from './failure-table';
import { askToDismiss, askToReplay, askToReplayClass, askToRestore } from './replay-asks';

type List = Answer<'failures.showFailures'>;
type State = List['state'];
const states: readonly { readonly value: State; readonly label: string }[] = [
  { value: 'open', label: 'Open' },
  { value: 'dismissed', label: 'Dismissed' },
  { value: 'replayed', label: 'Replayed' },
];
const pageSize = 50;

const toState = (text: string | null): State => states.find(({ value }) => value === text)?.value ?? 'open';

/** What was given up on, by class, and what to do about all of it at once. */
export function FailuresView({ parameters }: ViewProps) {
  const name = parameters['class'];
  const state = toState(query.value.get('state'));
  const skip = Number(query.value.get('skip') ?? 0);
  const wanted: Wanted = { state, ...(name === undefined ? {} : { class: name }) };
  const resource = useResource('failures.showFailures', { ...wanted, skip, limit: pageSize }, lookEveryMs);
  const here = name === undefined ? '/failures' : `/failures/class/${encodeURIComponent(name)}`;
  return (
    <div class="stack">
      <div class="row">
        <h1>{name === undefined ? 'Failures' : `Failures of class ${name}`}</h1>
        {name === undefined ? null : <Link to="/failures">All classes</Link>}
      </div>
      <FilterLinks
        name="Which failures"
        current={state}
        options={states.map(({ value, label }) => ({
          value,
          label,
          to: value === 'open' ? here : `${here}?state=${value}`,
        }))}
      />
      <Loaded resource={resource} lines={8}>
        {(list) => <Found list={list} wanted={wanted} />}
      </Loaded>
    </div>
  );
}

function Found({ list, wanted }: { readonly list: List; readonly wanted: Wanted }) {
  /** Subjects by the keys of their rows. */
  const selected = useSignal<ReadonlyMap<string, string>>(new Map());
  const toggle = (key: string) => {
    const next = new Map(selected.value);
    const row = list.entries.find((one) => keyOf(one) === key);
    if (!next.delete(key) && row !== undefined) next.set(key, row.subject);
    selected.value = next;
  };
  if (list.total === 0) {
    return (
      <>
        {list.missing.length === 0 ? <Nothing list={list} /> : null}
        <NotAll list={list} />
      </>
    );
  }
  return (
    <>
      <Classes list={list} name={wanted.class} />
      <section class="card" aria-label="Entries">
        <SelectionButtons state={list.state} subjects={[...new Set(selected.value.values())]} />
        <FailureTable
          failures={list.entries}
          wanted={wanted}
          selected={new Set(selected.value.keys())}
          onSelect={toggle}
        />
        <Pager
          skip={list.skip}
          shown={list.entries.length}
          total={list.total}
          size={pageSize}
          onGo={(to) => setQuery({ skip: to === 0 ? undefined : String(to) })}
        />
      </section>
    </>
  );
}

function Nothing({ list: { state, dismissed } }: { readonly list: List }) {
  if (state !== 'open') {
    return (
      <Empty>
        No failure is {state}. <Link to="/failures">See the open ones</Link>
      </Empty>
    );
  }
  return (
    <Empty>
      No failures.{' '}
      {dismissed.count === 0 ? null : (
        <>
          {count(dismissed.count, 'failure was', 'failures were')} dismissed
          {dismissed.oldestAt === null ? null : (
            <>
              , the oldest <Age at={dismissed.oldestAt} /> ago
            </>
          )}
          . <Link to="/failures?state=dismissed">See them</Link>
        </>
      )}
    </Empty>
  );
}

/** A class without a section of its own in the runbook has no words. */
function ClassWords({ text }: { readonly text: string | undefined }) {
  return text === undefined ? null : (
    <p>
      <Prose text={text} />
    </p>
  );
}

function Classes({ list, name }: { readonly list: List; readonly name: string | undefined }) {
  const isCut = (kind: Kind) => list.missing.some(({ part }) => part === partOf[kind]);
  return (
    <div class="grid">
      {list.classes.map(({ class: one, kind, count: many, oldestAt, repair }) => (
        <section class="card" key={`${kind} ${one}`} aria-label={`Class ${one}`}>
          <h2>
            {name === undefined ? <Link to={`/failures/class/${encodeURIComponent(one)}`}>{one}</Link> : one}{' '}
            <span class="chip bad">{number(many)}</span>
          </h2>
          <ClassWords text={classInWords(kind, one)} />
          <p class="quiet">
            {kind === 'waiting'
              ? 'Users who wait for seats'
              : kind === 'deadLetter'
                ? 'Dead letters'
                : 'Users who were given up on'}
            {oldestAt === null ? null : (
              <>
                , the oldest <Age at={oldestAt} /> ago
              </>
            )}
          </p>
          <p>
            <Prose text={repair} />
          </p>
          <div class="row">
            {list.state === 'open' ? (
              <ClassButtons name={one} kind={kind} many={isCut(kind) ? null : many} />
            ) : null}
            {list.state === 'dismissed' ? (
              <ActButton
                label="Restore all…"
                needs="Operator"
                onPress={() => askToRestore({ class: one }, isCut(kind) ? null : many)}
              />
            ) : null}
            <Link to={runbookLink(sectionOfFailures({ kind, class: one }))}>What to do</Link>
          </div>
        </section>
      ))}
      <NotAll list={list} />
    </div>
  );
}

type Kind = List['classes'][number]['kind'];
/** As the API names what it read in part. */
const partOf = { failure: 'failures', deadLetter: 'deadLetters', waiting: 'waiting' } as const;
/** Of each queue. */
const replayedAtOnce = 2_000;

/** What the list leaves out, also where it shows nothing. */
function NotAll({ list: { missing, deadLetters } }: { readonly list: List }) {
  return (
    <>
      {missing.map(({ part, why }) => (
        <p class="note" key={part}>
          Not all {part === 'deadLetters' ? 'dead letters' : part === 'waiting' ? 'users who wait' : part} are
          counted here: <Prose text={why} />
          {part === 'deadLetters' && (deadLetters.total ?? Infinity) > replayedAtOnce
            ? ' A replay takes the oldest 2,000 of each queue at most: where a queue has more, repeat it.'
            : null}
        </p>
      ))}
    </>
  );
}

function ClassButtons({
  name,
  kind,
  many,
}: {
  readonly name: string;
  readonly kind: Kind;
  /** null: there are more than were counted. */
  readonly many: number | null;
}) {
  return (
    <>
      <ActButton
        label="Replay all…"
        needs="Operator"
        kind="primary"
        onPress={() => askToReplayClass(name, many)}
      />
      {kind === 'failure' ? (
        <ActButton
          label="Dismiss all…"
          needs="Operator"
          onPress={() => askToDismiss({ class: name }, many)}
        />
      ) : null}
    </>
  );
}

function SelectionButtons({
  state,
  subjects,
}: {
  readonly state: State;
  readonly subjects: readonly string[];
}) {
  const notNow = subjects.length === 0 ? 'select rows first' : undefined;
  return (
    <div class="row">
      {state === 'open' ? (
        <>
          <ActButton
            label={`Replay selected (${String(subjects.length)})…`}
            needs="Operator"
            notNow={notNow}
            onPress={() => askToReplay(subjects)}
          />
          <ActButton
            label="Dismiss selected…"
            needs="Operator"
            notNow={notNow}
            onPress={() => askToDismiss({ subjects }, subjects.length)}
          />
        </>
      ) : null}
      {state === 'dismissed' ? (
        <ActButton
          label="Restore selected…"
          needs="Operator"
          notNow={notNow}
          onPress={() => askToRestore({ subjects }, subjects.length)}
        />
      ) : null}
    </div>
  );
}
