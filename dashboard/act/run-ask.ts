import { act } from '../api/client';
import type { Acted } from '../api/client';
import { ApiProblem } from '../api/problem';
import type { Input, RouteName } from '../api/routes';
import { refreshAll } from '../data/resource';
import { say } from '../parts/toast';
import { keepDraft, reason, setAsked, showProgress } from './ask';
import type { Ask, Progress } from './ask';
import { inWords } from './result-words';

/**
 * Does what the dialog asks for; a repetition after a failure has the same key. An answer that comes after the dialog was
 * closed is said beside the page.
 */
export async function runAsk(what: Ask): Promise<void> {
  showProgress(what, { step: 'sending' });
  try {
    const acted = await act(what.route, { ...what.input, why: reason.value.trim() }, what.key);
    if (showProgress(what, progressOf(what, acted))) sessionStorage.removeItem('licenser.draft');
    else say(`${what.title}: ${whatCame(what.route, acted)}`);
    refreshAll();
  } catch (thrown) {
    if (!(thrown instanceof ApiProblem)) throw thrown;
    if (!showProgress(what, { step: 'refused', problem: thrown }))
      say(`${what.title}: ${thrown.title}: ${thrown.message}`);
  }
}

function whatCame(route: RouteName, acted: Acted<unknown>): string {
  switch (acted.kind) {
    case 'done':
      return inWords(route, acted.answer).text;
    case 'operation':
      return 'Taken on; it is being done.';
    case 'approval':
      return 'It waits until another person approves it.';
  }
}

function progressOf(what: Ask, acted: Acted<unknown>): Progress {
  switch (acted.kind) {
    case 'done':
      return { step: 'done', words: inWords(what.route, acted.answer) };
    case 'operation':
      return { step: 'operation', operation: acted.operation };
    case 'approval':
      return { step: 'approval', approval: acted.approval };
  }
}

/** Closes the dialog; what was taken on goes on. */
export function closeAsk(): void {
  setAsked(null);
  keepDraft();
}

/** One user, and easily taken back: no dialog, and a word of what came of it. */
export async function actNow<Name extends RouteName>(
  route: Name,
  input: Input<Name>,
  undo?: { readonly label: string; readonly run: () => void },
): Promise<void> {
  try {
    const acted = await act(route, input, crypto.randomUUID());
    say(whatCame(route, acted), undo);
    refreshAll();
  } catch (thrown) {
    if (!(thrown instanceof ApiProblem)) throw thrown;
    say(`${thrown.title}: ${thrown.message}`);
  }
}
