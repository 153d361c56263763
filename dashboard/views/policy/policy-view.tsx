import { useSignal } from '@preact/signals';
import type { Answer } from '../../api/routes';
import { useResource } from '../../data/resource';
import { Link } from '../../frame/link';
import type { ViewProps } from '../../frame/view-props';
import { DataTable } from '../../parts/data-table';
import { Empty, Loaded } from '../../parts/states';
import { Time } from '../../parts/time';
import { DiffView } from './diff-view';
import { StoredPolicyCheck } from './policy-check';
import { PolicyEditor } from './policy-editor';

type Stored = Answer<'policies.showPolicies'>[number];

/** The policy in force, those that were, and what an edited one would do before it is activated. */
export function PolicyView({ parameters: { hash = 'active' } }: ViewProps) {
  const list = useResource('policies.showPolicies', {});
  const shown = useResource('policies.showPolicy', { hash }, null);
  return (
    <div class="stack">
      <h1>Policy</h1>
      <section class="card" aria-labelledby="policy-text">
        <Loaded resource={shown} lines={12}>
          {(policy) => (
            <>
              <h2 id="policy-text">
                {policy.hash.slice(0, 12)} <span class="chip">{policy.standing}</span>
              </h2>
              <p class="quiet">
                stored by {policy.by} <Time at={policy.storedAt} />
              </p>
              <StoredPolicyCheck text={policy.text} key={`check ${policy.hash}`} />
              <TextOrDifference policy={policy} others={list.data.value ?? []} key={`text ${policy.hash}`} />
              <PolicyEditor text={policy.text} key={policy.hash} />
            </>
          )}
        </Loaded>
      </section>
      <section class="card" aria-labelledby="policies">
        <h2 id="policies">Stored policies</h2>
        <Loaded resource={list}>
          {(found) =>
            found.length === 0 ? (
              <Empty>No policy is in force: health says why.</Empty>
            ) : (
              <List policies={found} />
            )
          }
        </Loaded>
      </section>
    </div>
  );
}

/** The text, or what differs from another stored policy: from the one in force unless that is the one shown. */
function TextOrDifference({
  policy,
  others,
}: {
  readonly policy: Answer<'policies.showPolicy'>;
  readonly others: readonly Stored[];
}) {
  const isActive = policy.standing === 'active';
  const compared = useSignal(isActive ? '' : 'active');
  const before = useResource(
    'policies.showPolicy',
    compared.value === '' ? null : { hash: compared.value },
    null,
  );
  return (
    <>
      <label>
        Compare with{' '}
        <select value={compared.value} onChange={(event) => (compared.value = event.currentTarget.value)}>
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
      {compared.value === '' ? (
        <pre class="text" tabIndex={0} aria-label="Text of the policy">
          {policy.text}
        </pre>
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

function List({ policies }: { readonly policies: readonly Stored[] }) {
  return (
    <DataTable
      name="Stored policies"
      rows={policies}
      keyOf={({ hash }) => hash}
      linkOf={({ hash }) => `/policy/${hash}`}
      columns={[
        {
          title: 'Policy',
          cell: ({ hash, standing }) => (
            <Link to={standing === 'active' ? '/policy' : `/policy/${hash}`}>{hash.slice(0, 12)}</Link>
          ),
        },
        { title: 'Standing', cell: ({ standing }) => standing },
        { title: 'By', cell: ({ by }) => by },
        { title: 'Stored', cell: ({ storedAt }) => <Time at={storedAt} /> },
      ]}
    />
  );
}
