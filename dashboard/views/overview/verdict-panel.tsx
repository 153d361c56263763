import { useEffect, useRef } from 'preact/hooks';
import { signal, useSignal } from '@preact/signals';
import { now, updatesPaused } from '../../data/pace';
import type { Resource } from '../../data/resource';
import { skuNames } from '../../data/sku-names';
import { count, duration } from '../../parts/format';
import { Prose } from '../../parts/prose';
import { firstSentence } from '../../parts/text/prose-pieces';
import { isStale } from '../../parts/states';
import { Age, Time } from '../../parts/time';
import { typedIn } from '../../parts/text/typed-in-text';
import { CauseActions } from './cause-actions';
import { hasButton } from './cause-places';
import { causeInWords } from './cause-words';
import { verdictWords } from './verdict-words';
import type { Cause, Status } from './verdict-words';

/** The last verdict that this page could believe; over a change of the view, too. */
const lastKnown = signal<{ readonly word: string; readonly at: string } | null>(null);

/** Causes that are shown at once; the others are behind a line that says how many. */
const shownAtOnce = 3;

/** Whether users are being licensed, and what stands against it. Data that is too old never looks good. */
export function VerdictPanel({
  status: { causes: found, ...status },
  source,
}: {
  readonly status: Status;
  readonly source: Resource<unknown>;
}) {
  // What could not be read again is not known now, however good it was.
  const isKnown = source.problem.value === undefined && !isStale(source);
  const verdict = isKnown ? status.verdict : 'unknown';
  const { word, shape, meaning } = verdictWords[verdict];
  const readAt = source.readAt.value;
  useEffect(() => {
    if (verdict !== 'unknown' && readAt !== undefined)
      lastKnown.value = { word, at: new Date(readAt).toISOString() };
  }, [verdict, readAt]);
  const causes = found.map((one) => ({ ...one, text: causeInWords(one, skuNames.value, now.value) }));
  const worst = causes.find(hasButton);
  const [first, rest] = [causes.slice(0, shownAtOnce), causes.slice(shownAtOnce)];
  return (
    <section class={`card verdict ${verdict}`} aria-labelledby="verdict">
      <div class="row">
        <h1 id="verdict" class="word">
          <span aria-hidden="true">{shape}</span> {word}
        </h1>
        <span>
          {meaning}{' '}
          {verdict === 'unknown' ? (
            <LastKnown />
          ) : status.since === null ? null : (
            <>
              Since <Time at={status.since} /> (<Age at={status.since} />)
            </>
          )}
        </span>
        <span class="spread" />
        <Updated source={source} />
      </div>
      <Announced text={`${word}. ${meaning} ${causes[0]?.text ?? ''}`} />
      {first.length === 0 ? null : <Causes causes={first} first={1} worst={worst} />}
      {rest.length === 0 ? null : (
        <details>
          <summary>{count(rest.length, 'more cause')}</summary>
          <Causes causes={rest} first={shownAtOnce + 1} worst={worst} />
        </details>
      )}
    </section>
  );
}

function LastKnown() {
  if (lastKnown.value === null) return null;
  const { word, at } = lastKnown.value;
  return (
    <span class="quiet">
      Last known: {word}, <Age at={at} /> ago.
    </span>
  );
}

/** The worst first. `first`: number of the first of these. `worst`: the one whose button stands out. */
function Causes({
  causes,
  first,
  worst,
}: {
  readonly causes: Status['causes'];
  readonly first: number;
  readonly worst: Cause | undefined;
}) {
  return (
    <ol class="causes" start={first}>
      {causes.map((cause) => (
        <li key={`${cause.code} ${cause.subject ?? ''}`}>
          <CauseText text={cause.text} />{' '}
          {cause.since === null ? null : (
            <span class="quiet">
              since <Time at={cause.since} />
            </span>
          )}
          <div>
            <Prose text={cause.todo} />
          </div>
          <CauseActions cause={cause} isFirst={cause === worst} />
        </li>
      ))}
    </ol>
  );
}

/** The first sentence stands out; a reason may go on for long. */
function CauseText({ text }: { readonly text: string }) {
  const { own, typed } = typedIn(text);
  if (typed !== '') {
    const [first, rest] = firstSentence(typed);
    return (
      <>
        <span class="cause-text">
          <Prose text={own} />
          {first}
        </span>
        {rest}
      </>
    );
  }
  const [first, rest] = firstSentence(own);
  return (
    <>
      <span class="cause-text">
        <Prose text={first} />
      </span>
      <Prose text={rest} />
    </>
  );
}

function Updated({ source }: { readonly source: Resource<unknown> }) {
  const at = source.readAt.value;
  return (
    <span class="row quiet">
      {at === undefined ? '' : `updated ${duration(now.value - at)} ago`}
      <button
        type="button"
        class="icon"
        aria-pressed={updatesPaused.value}
        title="p"
        onClick={() => (updatesPaused.value = !updatesPaused.value)}
      >
        {updatesPaused.value ? 'Go on updating' : 'Pause updates'}
      </button>
    </span>
  );
}

/** Said once to a screen reader when it changes, not at every look. */
function Announced({ text }: { readonly text: string }) {
  const said = useSignal('');
  const last = useRef('');
  useEffect(() => {
    if (last.current !== text) said.value = text;
    last.current = text;
  }, [text]);
  return (
    <p class="for-readers" role="status" aria-live="polite">
      {said.value}
    </p>
  );
}
