import { useSignal } from '@preact/signals';
import { useEffect, useRef } from 'preact/hooks';
import { ProblemBox } from '../parts/states';
import { count } from '../parts/format';
import { Prose } from '../parts/prose';
import { sessionEnded, signIn } from '../session/session';
import { asked, keepDraft, progress, reason, shortestReason } from './ask';
import type { Ask } from './ask';
import { hasOutcome, whenLinkIsPressed } from './link-in-dialog';
import { OperationProgress, ResultLine } from './operation-progress';
import { Preview } from './preview';
import { closeAsk, runAsk } from './run-ask';

/** The dialog of every action on many users: what happens, how many, a preview where there is one, and why. */
export function AskDialog() {
  return asked.value === null ? null : <OpenDialog what={asked.value} key={asked.value.key} />;
}

function OpenDialog({ what }: { readonly what: Ask }) {
  const dialog = useRef<HTMLDialogElement>(null);
  const returnTo = useRef(document.activeElement);
  useEffect(() => {
    const { current } = dialog;
    current?.showModal();
    return () => {
      current?.close();
      if (returnTo.current instanceof HTMLElement) returnTo.current.focus();
    };
  }, []);
  const { step } = progress.value;
  return (
    <dialog
      ref={dialog}
      aria-labelledby="ask-title"
      // What is typed here stays, and what a link leads to would be covered: it opens in a new tab, as with Ctrl.
      onClickCapture={(event) => {
        const link = linkAt(event.target);
        if (link === null || hasOutcome(step)) return;
        link.target = '_blank';
        event.stopPropagation();
      }}
      onClick={(event) => {
        // A link that stays in the page has prevented what the browser does with links.
        const isFollowed = linkAt(event.target) !== null && event.defaultPrevented;
        if (whenLinkIsPressed(step, isFollowed) === 'closes') closeAsk();
      }}
      onCancel={(event) => {
        event.preventDefault();
        closeAsk();
      }}
    >
      <h2 id="ask-title">{what.title}</h2>
      {hasOutcome(step) ? <Outcome what={what} /> : <Questions what={what} />}
    </dialog>
  );
}

const linkAt = (target: EventTarget | null) => (target instanceof Element ? target.closest('a') : null);

function Questions({ what }: { readonly what: Ask }) {
  const typed = useSignal('');
  const wanted = String(what.count ?? '');
  const isReasoned = reason.value.trim().length >= shortestReason && /\p{L}/u.test(reason.value);
  const isCounted = !what.isGrave || what.count === null || typed.value.trim() === wanted;
  const isSending = progress.value.step === 'sending';
  const isReady = isReasoned && isCounted && !isSending && !sessionEnded.value;
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        if (isReady) void runAsk(what);
      }}
    >
      <p>
        <Prose text={what.text} />
      </p>
      {what.count === null ? null : (
        <p class="ask-count">
          <strong>{count(what.count, 'entry', 'entries')}</strong>
        </p>
      )}
      {what.previews ? <Preview selection={what.input} /> : null}
      {what.takesTwo ? <p>Another person with the role Approver must approve it; you cannot.</p> : null}
      <label class="field">
        Why? It is kept in the audit.
        <textarea
          rows={2}
          required
          maxLength={500}
          value={reason.value}
          aria-describedby="ask-hint"
          onInput={(event) => {
            reason.value = event.currentTarget.value;
            keepDraft();
          }}
        />
      </label>
      <p class="quiet" id="ask-hint">
        {String(shortestReason)} characters or more, such as a ticket number and a word.
      </p>
      {what.isGrave && what.count !== null ? (
        <label class="field">
          Type {wanted} to confirm
          <input
            inputMode="numeric"
            autocomplete="off"
            value={typed.value}
            onInput={(event) => (typed.value = event.currentTarget.value)}
          />
        </label>
      ) : null}
      {sessionEnded.value ? (
        <SignInAgain />
      ) : progress.value.step === 'refused' ? (
        <ProblemBox problem={progress.value.problem} />
      ) : null}
      <div class="buttons">
        <button type="submit" class={what.isGrave ? 'danger' : 'primary'} aria-disabled={!isReady}>
          {isSending ? 'Sending …' : what.button}
        </button>
        <button type="button" onClick={closeAsk}>
          Cancel
        </button>
      </div>
    </form>
  );
}

/** What lies behind a dialog cannot be pressed, so the way to sign in again is here too. */
function SignInAgain() {
  return (
    <div class="problem" role="alert">
      <p>Your session has ended. What you typed is kept, and nothing was done twice.</p>
      <button
        type="button"
        class="primary"
        onClick={() => {
          keepDraft();
          void signIn();
        }}
      >
        Sign in again
      </button>
    </div>
  );
}

function Outcome({ what }: { readonly what: Ask }) {
  const at = progress.value;
  return (
    <>
      {at.step === 'done' ? <ResultLine words={at.words} /> : null}
      {at.step === 'operation' ? <OperationProgress first={at.operation} route={what.route} /> : null}
      {at.step === 'approval' ? (
        <p role="status" class="result">
          Asked for: <Prose text={at.approval.text} />. It waits until another person approves it, for at most
          24 hours. They find it on the page Rollouts, under “Waits for a second person”.
        </p>
      ) : null}
      <div class="buttons">
        <button type="button" class="primary" autofocus onClick={closeAsk}>
          Close
        </button>
      </div>
    </>
  );
}
