import { useEffect, useRef } from 'preact/hooks';
import { AskDialog } from '../act/ask-dialog';
import { read } from '../api/client';
import { ApiProblem } from '../api/problem';
import { CopyButton } from '../parts/copy-button';
import { ProblemBox, Skeleton } from '../parts/states';
import { Toasts } from '../parts/toast';
import { hasAnyRole, me, meProblem } from '../session/me';
import { sessionEnded, settings, signIn, signInProblem, signedIn } from '../session/session';
import { Header } from './header';
import { HelpDialog } from './help-dialog';
import { Link } from './link';
import { match, path } from './location';
import { views } from './views';

/** Who the API takes us for; asked again until it answers. */
export async function readMe(): Promise<void> {
  try {
    me.value = await read('me.me', {});
    meProblem.value = null;
  } catch (thrown) {
    if (!(thrown instanceof ApiProblem)) throw thrown;
    meProblem.value = thrown;
  }
}

export function App() {
  if (settings === null) return <NotConfigured />;
  if (signedIn.value === null) return <SignedOut />;
  return (
    <>
      <a class="skip" href="#main">
        Skip to the content
      </a>
      <Header />
      {sessionEnded.value ? <SessionEnded /> : null}
      <main id="main" tabIndex={-1}>
        <Content />
      </main>
      <Toasts />
      <AskDialog />
      <HelpDialog />
    </>
  );
}

/**
 * Who goes to another view goes on from its beginning: the link that was pressed may be gone, and a screen reader reads
 * where the focus is. A view that has put the focus into a field of its own keeps it there.
 */
function useFocusOfView(): void {
  const last = useRef(path.value);
  useEffect(() => {
    if (last.current === path.value) return;
    last.current = path.value;
    const main = document.getElementById('main');
    if (main !== null && !main.contains(document.activeElement)) main.focus({ preventScroll: true });
  }, [path.value]);
}

function Content() {
  const found = views.flatMap((view) => {
    const parameters = view.patterns.map((pattern) => match(pattern, path.value)).find((one) => one);
    return parameters === undefined ? [] : [{ view, parameters }];
  })[0];
  const title = found?.view.title;
  const domain = me.value?.tenantDomain ?? null;
  useEffect(() => {
    document.title = [title ?? null, domain, 'Licenser'].filter((part) => part !== null).join(' – ');
  }, [title, domain]);
  useFocusOfView();
  if (me.value === null) {
    if (meProblem.value === null) return <Skeleton lines={6} />;
    return <ProblemBox problem={meProblem.value} onRetry={() => void readMe()} />;
  }
  if (!hasAnyRole.value) return <NoRole name={me.value.name} />;
  if (found === undefined) {
    return (
      <div class="card">
        <h1>There is no such view</h1>
        <p>
          The link is wrong, or of another version. <Link to="/">Go to the overview</Link>
        </p>
      </div>
    );
  }
  const { component: View } = found.view;
  return <View parameters={found.parameters} />;
}

function SignedOut() {
  return (
    <main class="alone">
      <h1>Licenser</h1>
      <p>See whether users are being licensed, and act when they are not.</p>
      {signInProblem.value === null ? null : (
        <p class="problem" role="alert">
          The sign-in did not succeed: {signInProblem.value}
        </p>
      )}
      <button type="button" class="primary" onClick={() => void signIn()}>
        Sign in
      </button>
    </main>
  );
}

function SessionEnded() {
  return (
    <div class="session-ended" role="alert">
      <span>Your session has ended. What you typed is kept.</span>{' '}
      <button type="button" class="primary" onClick={() => void signIn()}>
        Sign in again
      </button>
    </div>
  );
}

function NotConfigured() {
  return (
    <main class="alone">
      <h1>Sign-in is not configured</h1>
      <p>
        Set <code>LICENSER_OPS_CLIENT_ID</code> to the client id of the app registration; docs/permissions.md
        says how it is made. Licensing goes on without it.
      </p>
    </main>
  );
}

function NoRole({ name }: { readonly name: string }) {
  const request = `Please assign the application role Viewer (to read), Operator (to act) or Approver (to approve) of the enterprise application “Licenser operations”, client id ${settings?.clientId ?? ''}, to ${name}.`;
  return (
    <div class="card">
      <h1>You may not see this yet</h1>
      <p>You are signed in as {name}. The application role Viewer is missing.</p>
      <p>Send this to your administrator:</p>
      <blockquote>
        {request} <CopyButton text={request} />
      </blockquote>
      <button type="button" onClick={() => void signIn()}>
        Sign in again
      </button>
    </div>
  );
}
