import type { Answer } from '../../api/routes';
import { count } from '../../parts/format';
import { Prose } from '../../parts/prose';
import { Empty } from '../../parts/states';

type User = Answer<'users.showUser'>;
type License = User['licenses'][number];

/** What the user holds, and why each SKU is there or not; plans behind each. */
export function LicenseTable({ user }: { readonly user: User }) {
  const why = new Map((user.explanation?.skus ?? []).map((one) => [one.skuPartNumber, one]));
  const lacking = (user.explanation?.skus ?? []).filter(
    ({ skuPartNumber }) => !user.licenses.some((one) => one.skuPartNumber === skuPartNumber),
  );
  return (
    <section class="card" aria-labelledby="licenses">
      <h2 id="licenses">Licenses</h2>
      {user.licenses.length === 0 ? <Empty>The user holds no license.</Empty> : null}
      {user.licenses.map((license) => (
        <LicenseOf key={license.skuId} license={license} text={why.get(license.skuPartNumber)?.text} />
      ))}
      {lacking.length === 0 ? null : (
        <>
          <h3>Not held</h3>
          <ul>
            {lacking.map(({ skuPartNumber, text }) => (
              <li key={skuPartNumber}>
                {text.includes(skuPartNumber) ? null : <strong>{skuPartNumber}: </strong>}
                <Prose text={text} />
              </li>
            ))}
          </ul>
        </>
      )}
    </section>
  );
}

function LicenseOf({ license, text }: { readonly license: License; readonly text: string | undefined }) {
  const { skuPartNumber, assignments, plans, ledger } = license;
  const off = plans.filter(({ provisioningStatus }) => provisioningStatus === 'Disabled');
  return (
    <div>
      <p>
        <strong>{skuPartNumber}</strong>{' '}
        <span class="quiet">
          {assignments
            .map((one) =>
              one.by === 'direct'
                ? 'direct'
                : `by the group ${one.group?.displayName ?? one.group?.id ?? ''}`,
            )
            .join(', ')}
          {ledger === null ? ', not given by a rule' : `, by ${ledger.rules.join(', ') || 'a rule'}`}
        </span>
      </p>
      {text === undefined ? null : (
        <p>
          <Prose text={text} />
        </p>
      )}
      <details>
        <summary>
          {count(plans.length, 'plan')}, {String(off.length)} off
        </summary>
        <table class="compact">
          <thead>
            <tr>
              <th scope="col">Plan</th>
              <th scope="col">State</th>
              <th scope="col">Off by</th>
            </tr>
          </thead>
          <tbody>
            {plans.map(({ servicePlanId, servicePlanName, provisioningStatus, offBy }) => (
              <tr key={servicePlanId}>
                <td>{servicePlanName}</td>
                <td>{provisioningStatus}</td>
                <td>{offBy === null ? '' : offBy === 'policy' ? 'the policy' : 'another hand'}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </details>
    </div>
  );
}
