import type { Answer } from '../../api/routes';
import { useResource } from '../../data/resource';
import { count } from '../../parts/format';
import { Loaded } from '../../parts/states';

type Checked = Answer<'policies.checkText'>;

/** What a check against the tenant finds in a stored policy, and how its own tests end now. */
export function StoredPolicyCheck({ text }: { readonly text: string }) {
  const resource = useResource('policies.checkText', { text }, null);
  return (
    <Loaded resource={resource} lines={2}>
      {(answer) => <CheckResult answer={answer} />}
    </Loaded>
  );
}

/** Problems with their lines and columns, and the tests that the policy carries. */
export function CheckResult({ answer: { valid, problems, tests } }: { readonly answer: Checked }) {
  return (
    <div role="status">
      <p class={valid ? 'result' : 'problem'}>
        {valid ? 'It is valid for this tenant.' : 'It cannot be used.'}
      </p>
      {problems.length === 0 ? null : (
        <ul>
          {problems.map(({ line, column, message, severity, hint }) => (
            <li key={`${String(line)}:${String(column)} ${message}`}>
              <code>
                {String(line)}:{String(column)}
              </code>{' '}
              <span class={severity === 'error' ? 'chip bad' : 'chip warn'}>{severity}</span> {message}
              {hint === undefined ? null : <span class="quiet"> {hint}</span>}
            </li>
          ))}
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
                {difference}
              </div>
            ))}
          </li>
        ))}
      </ul>
    </details>
  );
}
