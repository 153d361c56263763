import type { Answer } from '../../api/routes';
import { Prose } from '../../parts/prose';

type Explanation = Answer<'users.explainUser'>;
type Rule = Explanation['rules'][number];
type Clause = NonNullable<Rule['when']>;

const said = { true: 'yes', false: 'no', undecided: 'not known' } as const;
const inWords = (truth: string) => said[truth as keyof typeof said] ?? truth;
const kindOf = (truth: string) => (inWords(truth) === 'yes' ? 'chip good' : 'chip');

/** Each rule of the policy with each of its clauses: the value that was seen, and whether it fits. */
export function RuleList({ explanation: { rules } }: { readonly explanation: Explanation }) {
  return (
    <ul class="plain">
      {rules.map((rule) => (
        <li key={rule.name}>
          <details>
            <summary>
              <strong>{rule.name}</strong>{' '}
              <span class={kindOf(String(rule.truth))}>{inWords(String(rule.truth))}</span>{' '}
              <span class="quiet">{rule.grants.join(', ')}</span>
            </summary>
            {rule.memberOf.length === 0 ? null : (
              <p>
                Member of {rule.memberOf.join(' or ')}:{' '}
                {rule.memberships === null ? 'not read' : rule.memberships.join(', ') || 'of none'}
              </p>
            )}
            {rule.unknownGroups.length === 0 ? null : (
              <p class="note">The tenant has no group {rule.unknownGroups.join(', ')}.</p>
            )}
            {rule.when === null ? null : <ClauseView clause={rule.when} />}
          </details>
        </li>
      ))}
    </ul>
  );
}

function ClauseView({ clause }: { readonly clause: Clause }) {
  return (
    <div class="clause">
      <code>{clause.expression}</code>{' '}
      <span class={kindOf(String(clause.result))}>{inWords(String(clause.result))}</span>{' '}
      {clause.property === undefined ? null : (
        <span class="quiet">
          {clause.property} is {clause.value === undefined ? 'not read' : JSON.stringify(clause.value)}
        </span>
      )}
      {clause.because === undefined ? null : (
        <div class="quiet">
          <Prose text={clause.because} />
        </div>
      )}
      {clause.parts.map((part, index) => (
        <ClauseView clause={part} key={index} />
      ))}
    </div>
  );
}
