import { useSignal } from '@preact/signals';
import type { Answer } from '../../api/routes';
import { useResource } from '../../data/resource';
import { Loaded } from '../../parts/states';
import { DiffView } from './diff-view';
import { CheckResult } from './policy-check';
import { PolicyText } from './policy-text';
import type { Place } from './policy-text';

type Policy = Answer<'policies.showPolicy'>;
type Stored = Answer<'policies.showPolicies'>[number];

/** A stored policy: what a check against the tenant finds now, and its text or what differs from another one. */
export function StoredPolicy({
  policy,
  others,
}: {
  readonly policy: Policy;
  readonly others: readonly Stored[];
}) {
  const isActive = policy.standing === 'active';
  const compared = useSignal(isActive ? '' : 'active');
  const goTo = useSignal<Place | null>(null);
  const check = useResource('policies.checkText', { text: policy.text }, null);
  const before = useResource(
    'policies.showPolicy',
    compared.value === '' ? null : { hash: compared.value },
    null,
  );
  const marked = new Set((check.data.value?.problems ?? []).map(({ line }) => line));
  return (
    <>
      <Loaded resource={check} lines={2}>
        {(answer) => (
          <CheckResult
            answer={answer}
            onPlace={({ line }) => {
              compared.value = '';
              goTo.value = { line, at: Date.now() };
            }}
          />
        )}
      </Loaded>
      <p class="pager">
        <label>
          Compare with{' '}
          <select
            value={compared.value}
            onChange={(event) => {
              compared.value = event.currentTarget.value;
              // The text that comes back would take the focus to the line that was asked for before.
              goTo.value = null;
            }}
          >
            <option value="">nothing: show the text</option>
            {isActive ? null : <option value="active">the policy in force</option>}
            {others
              .filter(({ hash, standing }) => hash !== policy.hash && standing !== 'active')
              .map(({ hash, standing }) => (
                <option key={hash} value={hash}>
                  {hash.slice(0, 12)} ({standing})
                </option>
              ))}
          </select>
        </label>
      </p>
      {compared.value === '' ? (
        <PolicyText text={policy.text} marked={marked} goTo={goTo.value} />
      ) : (
        <Loaded resource={before}>
          {(other) => (
            <DiffView
              before={other.text}
              after={policy.text}
              than={other.standing === 'active' ? 'the policy in force' : `policy ${other.hash.slice(0, 12)}`}
            />
          )}
        </Loaded>
      )}
    </>
  );
}
