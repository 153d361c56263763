import { batch, signal } from '@preact/signals';
import type { ApprovalView, LongOperationView } from '../../shared/ops-api/schemas';
import { act } from '../api/client';
import { ApiProblem } from '../api/problem';
import type { Input, RouteName } from '../api/routes';
import { refreshAll } from '../data/resource';
import { say } from '../parts/toast';
import { asked, keepDraft, reason } from './ask';
import type { Ask } from './ask';
import { inWords } from './result-words';
import type { ResultWords } from './result-words';

export type Progress =
  | { readonly step: 'asking' }
  | { readonly step: 'sending' }
  | { readonly step: 'refused'; readonly problem: ApiProblem }
  | { readonly step: 'operation'; readonly operation: LongOperationView }
  | { readonly step: 'approval'; readonly approval: ApprovalView }
  | { readonly step: 'done'; readonly words: ResultWords };

/** How far the action in the dialog is. */
export const progress = signal<Progress>({ step: 'asking' });

/** Does what the dialog asks for; a repetition after a failure has the same key. */
export async function runAsk(what: Ask): Promise<void> {
  progress.value = { step: 'sending' };
  try {
    const acted = await act(what.route, { ...what.input, why: reason.value.trim() }, what.key);
    switch (acted.kind) {
      case 'done':
        progress.value = { step: 'done', words: inWords(what.route, acted.answer) };
        break;
      case 'operation':
        progress.value = { step: 'operation', operation: acted.operation };
        break;
      case 'approval':
        progress.value = { step: 'approval', approval: acted.approval };
    }
    sessionStorage.removeItem('licenser.draft');
    refreshAll();
  } catch (thrown) {
    if (!(thrown instanceof ApiProblem)) throw thrown;
    progress.value = { step: 'refused', problem: thrown };
  }
}

/** Closes the dialog; what was taken on goes on. */
export function closeAsk(): void {
  batch(() => {
    asked.value = null;
    progress.value = { step: 'asking' };
    reason.value = '';
  });
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
    say(acted.kind === 'done' ? inWords(route, acted.answer).text : 'Taken on; it is being done.', undo);
    refreshAll();
  } catch (thrown) {
    if (!(thrown instanceof ApiProblem)) throw thrown;
    say(`${thrown.title}: ${thrown.message}`);
  }
}
