import type { Answer } from '../../api/routes';
import { count } from '../../parts/format';
import { Prose } from '../../parts/prose';

type Checked = Answer<'policies.checkText'>;
export type PolicyProblem = Checked['problems'][number];

/** Problems with their lines and columns, which lead to their places, and the tests that the policy carries. */
export function CheckResult({
  answer: { valid, problems, tests },
  onPlace,
}: {
  readonly answer: Checked;
  readonly onPlace: (problem: PolicyProblem) => void;
}) {
  return (
    <div role="status">
      <p class={valid ? 'result' : 'problem'}>
        {valid ? 'It is valid for this tenant.' : 'It cannot be used.'}
      </p>
      {problems.length === 0 ? null : (
        <ul class="problems">
          {problems.map((problem) => {
            const { line, column, message, severity, hint } = problem;
            const at = `${String(line)}:${String(column)}`;
            return (
              <li key={`${at} ${message}`}>
                <button type="button" class="link" onClick={() => onPlace(problem)}>
                  <span class="for-readers">Go to line and column </span>
                  <code>{at}</code>
                </button>{' '}
                <span class={severity === 'error' ? 'chip bad' : 'chip warn'}>{severity}</span>{' '}
                <Prose text={message} keepsTimes />
                {hint === undefined ? null : (
                  <span class="quiet">
                    {' '}
                    <Prose text={hint} keepsTimes />
                  </span>
                )}
              </li>
            );
          })}
        </ul>
      )}
      {valid ? <Tests tests={tests} /> : null}
    </div>
  );
}

function Tests({ tests }: Pick<Checked, 'tests'>) {
  const failed = tests.filter(({ passed }) => !passed).length;
  if (tests.length === 0)
    return (
      <p class="quiet">
        It carries no tests of its own (key <code>tests</code>).
      </p>
    );
  return (
    <details open={failed > 0}>
      <summary>
        {count(tests.length, 'test')} of its own:{' '}
        {failed === 0 ? 'all pass' : `${count(failed, 'test')} failed`}
      </summary>
      <ul class="plain">
        {tests.map(({ number, name, passed, differences }) => (
          <li key={number}>
            <span class={passed ? 'chip good' : 'chip bad'}>{passed ? 'passed' : 'failed'}</span> {name}
            {differences.map((difference) => (
              <div key={difference} class="missed">
                <Prose text={difference} keepsTimes />
              </div>
            ))}
          </li>
        ))}
      </ul>
    </details>
  );
}
