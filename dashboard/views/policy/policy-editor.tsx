import { useSignal } from '@preact/signals';
import { useRef } from 'preact/hooks';
import { ActButton } from '../../act/act-button';
import { ask } from '../../act/ask';
import { act, read } from '../../api/client';
import { ApiProblem } from '../../api/problem';
import type { Answer } from '../../api/routes';
import { ProblemBox } from '../../parts/states';
import { DiffView } from './diff-view';
import { PlanView } from './plan-view';
import { CheckResult } from './policy-check';
import type { PolicyProblem } from './policy-check';
import { offsetOf, textInField } from './offset-of';

type Checked = Answer<'policies.checkText'>;

/** Edit, check against the tenant, plan over every user, and only then activate. */
export function PolicyEditor({ text: kept }: { readonly text: string }) {
  const stored = textInField(kept);
  const field = useRef<HTMLTextAreaElement>(null);
  const text = useSignal(stored);
  const checked = useSignal<{ readonly text: string; readonly answer: Checked } | null>(null);
  const planned = useSignal<{ readonly text: string; readonly operation: string } | null>(null);
  const problem = useSignal<ApiProblem | null>(null);
  const isChecked = checked.value?.text === text.value && checked.value.answer.valid;
  const isPlanned = planned.value?.text === text.value;

  const attempt = async (work: () => Promise<void>) => {
    problem.value = null;
    try {
      await work();
    } catch (thrown) {
      if (!(thrown instanceof ApiProblem)) throw thrown;
      problem.value = thrown;
    }
  };
  const check = () =>
    attempt(async () => {
      const given = text.value;
      checked.value = { text: given, answer: await read('policies.checkText', { text: given }) };
    });
  const plan = () =>
    attempt(async () => {
      const given = text.value;
      const acted = await act('plans.makePlan', { text: given }, crypto.randomUUID());
      if (acted.kind === 'operation') planned.value = { text: given, operation: acted.operation.id };
    });
  /** From the place of a problem to the end of its line. */
  const select = ({ line, column }: PolicyProblem) => {
    const from = offsetOf(text.value, line, column);
    const end = text.value.indexOf('\n', from);
    field.current?.focus();
    field.current?.setSelectionRange(from, end === -1 ? text.value.length : end);
  };
  return (
    <details class="pager">
      <summary>Edit, check and plan</summary>
      <label class="field">
        Policy
        <textarea
          ref={field}
          class="code"
          rows={18}
          spellcheck={false}
          value={text.value}
          onInput={(event) => (text.value = event.currentTarget.value)}
        />
      </label>
      <div class="buttons">
        <button type="button" onClick={() => void check()}>
          1. Check
        </button>
        <ActButton
          label="2. Plan over every user"
          needs="Viewer"
          notNow={isChecked ? undefined : 'check it first'}
          onPress={() => void plan()}
        />
        <ActButton
          label="3. Activate…"
          needs="Operator"
          kind="primary"
          notNow={isPlanned ? undefined : 'plan it first'}
          onPress={() =>
            ask(
              'policies.activate',
              { text: text.value },
              {
                title: 'Activate this policy',
                text: 'It is planned over every user again. Users are written to by a rollout; when guards hold it, another person must approve it first.',
                button: 'Activate',
              },
            )
          }
        />
      </div>
      {problem.value === null ? null : <ProblemBox problem={problem.value} />}
      {checked.value === null || checked.value.text !== text.value ? null : (
        <>
          <CheckResult answer={checked.value.answer} onPlace={select} />
          {text.value === stored ? null : (
            <details>
              <summary>What you changed</summary>
              <DiffView before={stored} after={text.value} than="the stored policy" />
            </details>
          )}
        </>
      )}
      {isPlanned && planned.value !== null ? <PlanView operation={planned.value.operation} /> : null}
    </details>
  );
}
