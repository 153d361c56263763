import type { Answer } from '../../api/routes';
import { useResource } from '../../data/resource';
import { Link } from '../../frame/link';
import type { ViewProps } from '../../frame/view-props';
import { DataTable } from '../../parts/data-table';
import { Prose } from '../../parts/prose';
import { Empty, Loaded } from '../../parts/states';
import { Time } from '../../parts/time';
import { PolicyEditor } from './policy-editor';
import { StoredPolicy } from './stored-policy';

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
                Stored by {policy.by}, <Time at={policy.storedAt} />
              </p>
              <StoredPolicy policy={policy} others={list.data.value ?? []} key={`stored ${policy.hash}`} />
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
              <Empty>
                <Prose text="No policy is in force: the verdict on the overview says why." />
              </Empty>
            ) : (
              <List policies={found} />
            )
          }
        </Loaded>
      </section>
    </div>
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
