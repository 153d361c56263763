import { ActButton } from '../../act/act-button';
import { actNow } from '../../act/run-ask';
import type { Answer } from '../../api/routes';
import { useResource } from '../../data/resource';
import { Link } from '../../frame/link';
import type { ViewProps } from '../../frame/view-props';
import { count, spaced } from '../../parts/format';
import { NextStep } from '../../parts/next-step';
import { Prose } from '../../parts/prose';
import { Empty, Loaded } from '../../parts/states';
import { Time } from '../../parts/time';
import { Timeline } from '../../parts/timeline';
import { runbookLink, sectionOfFailures } from '../runbook/section-of';
import { askToDismiss } from './replay-asks';

type Story = Answer<'failures.showFailure'>;

/** One subject: what was given up on, what happened before, and what deciding would do now. */
export function StoryView({ parameters: { subject = '' } }: ViewProps) {
  const resource = useResource('failures.showFailure', { subject });
  return (
    <Loaded resource={resource} lines={8} heading="Failure">
      {(story) => (
        <div class="stack">
          <div class="row">
            <h1>{story.userPrincipalName ?? story.subject}</h1>
            {story.now === null ? null : <Link to={`/users/${story.subject}`}>The user</Link>}
            <Link to="/failures">All failures</Link>
          </div>
          <Now story={story} />
          <GivenUp story={story} />
          <section class="card" aria-labelledby="story-timeline">
            <h2 id="story-timeline">What happened</h2>
            <Timeline entries={story.timeline} />
          </section>
        </div>
      )}
    </Loaded>
  );
}

function Now({ story: { subject, now, outcome, next, failures } }: { readonly story: Story }) {
  // A dead letter is with Service Bus, and who waits for a seat has not failed.
  const isDismissible = failures.some(({ state, kind }) => state === 'open' && kind === 'failure');
  return (
    <section class="card" aria-labelledby="story-now">
      <h2 id="story-now">Deciding now would</h2>
      {now === null ? (
        <p>The message does not say of whom it is: it can be dismissed, or purged with its queue.</p>
      ) : (
        <>
          <p>
            give <strong>{spaced(now.outcome)}</strong>, and {now.operation ?? 'write nothing'}.
          </p>
          <ul>
            {now.reasons.map((reason) => (
              <li key={reason}>
                <Prose text={reason} />
              </li>
            ))}
          </ul>
        </>
      )}
      <p class="quiet">
        Outcome so far: {outcome === null ? 'none' : spaced(outcome)}. <NextStep next={next} />
      </p>
      <div class="buttons">
        {now === null ? null : (
          <ActButton
            label="Replay"
            needs="Operator"
            kind="primary"
            onPress={() => void actNow('failures.replay', { subjects: [subject] })}
          />
        )}
        <ActButton
          label="Dismiss…"
          needs="Operator"
          notNow={isDismissible ? undefined : 'no open failure: nothing to dismiss'}
          onPress={() => askToDismiss({ subjects: [subject] }, 1)}
        />
      </div>
      <p class="quiet">
        There is no way to edit a message: it only names a user, and the user is decided anew. What can be
        changed is the policy, an exception, or the user.
      </p>
    </section>
  );
}

function GivenUp({ story: { failures } }: { readonly story: Story }) {
  return (
    <section class="card" aria-labelledby="story-failures">
      <h2 id="story-failures">What failed, or waits</h2>
      {failures.length === 0 ? <Empty>Nothing is known of it any more.</Empty> : null}
      {failures.map(({ kind, class: name, state, reason, repair, lastAt, count: times, settledBy }) => (
        <div key={`${kind} ${name} ${lastAt ?? ''}`}>
          <p>
            <Link to={`/failures/class/${encodeURIComponent(name)}`}>{name}</Link>{' '}
            <span class="chip">{state}</span> {times === 0 ? 'since' : `${count(times, 'time')}, last`}{' '}
            {lastAt === null ? 'a time that is not known' : <Time at={lastAt} />}
          </p>
          <p>
            <Prose text={reason} />
          </p>
          <p>
            <Prose text={repair} />{' '}
            <Link to={runbookLink(sectionOfFailures({ kind, class: name }))}>What to do</Link>
          </p>
          {settledBy === null ? null : (
            <p class="quiet">
              {state} by {settledBy.by} <Time at={settledBy.at} />: {settledBy.why ?? 'without a reason'}
            </p>
          )}
        </div>
      ))}
    </section>
  );
}
