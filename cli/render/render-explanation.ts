import type { RuleView, UserExplanation } from '../../shared/ops/users/explain-user';
import { renderExplanation } from '../../shared/policy/rule/evaluate/explain-rule';
import { paint, paintWord } from './paint';
import { labeled } from './wrap-text';

type Sku = UserExplanation['skus'][number];
const stateWords = { on: 'on', off: 'off', notHeld: 'not held' } as const;

/** Why a user has what they have, for people: outcome, each SKU plan by plan, then rule by rule. */
export function renderUserExplanation(view: UserExplanation): string {
  const reasons = [...new Set([...view.reasons, ...view.findings].map(({ text }) => text))];
  const head = [
    paint('bold', view.displayName ?? view.userPrincipalName ?? view.id),
    labeled('name', view.userPrincipalName ?? 'unknown'),
    labeled('id', view.id),
    `${'now'.padEnd(11)}${paintWord(view.outcome)}`,
    ...reasons.map((text, index) => labeled(index === 0 ? 'why' : '', text)),
    labeled('policy', view.policyHash),
  ].join('\n');
  const scope =
    view.scope.when === null
      ? 'scope: everybody'
      : `${paint('bold', 'scope')}\n${indent(renderExplanation(view.scope.when))}`;
  return `${[head, ...view.skus.map(renderSku), scope, ...view.rules.map(renderRule)].join('\n\n')}\n`;
}

function renderSku(sku: Sku): string {
  const owner = { ours: 'given by the policy', adopted: 'adopted by the policy', byHand: 'by hand' };
  const held = sku.held.map((way) =>
    way === 'direct' ? `directly, ${sku.owner === null ? '' : owner[sku.owner]}` : 'from a group',
  );
  const lines = [
    `${paint('bold', sku.skuPartNumber)}${sku.outcome === null ? '' : `  ${paintWord(sku.outcome)}`}`,
    labeled('  held', held.length === 0 ? 'no' : held.join(', and ')),
    labeled('  why', sku.text),
  ].join('\n');
  return [lines, ...renderPlanReasons(sku)].join('\n');
}

/** Plans of the same state for the same reason together, exceptions first: a suite has more than 40 of them. */
export function renderPlanReasons({ plans }: Sku): string[] {
  const groups = new Map<string, { readonly plan: Sku['plans'][number]; readonly names: string[] }>();
  for (const plan of plans) {
    // Of a SKU that is neither held nor granted there is nothing to say plan by plan.
    if (plan.text === '') continue;
    const key = `${plan.now} ${plan.text}`;
    const group = groups.get(key) ?? { plan, names: [] };
    groups.set(key, group);
    group.names.push(plan.servicePlanName);
  }
  return [...groups.values()]
    .sort((one, other) => one.names.length - other.names.length)
    .flatMap(({ plan, names }) => [
      labeled(`  ${stateWords[plan.now]}`, names.sort().join(', ')),
      labeled('', plan.text),
    ]);
}

function renderRule(rule: RuleView): string {
  const gives = [
    ...(rule.grants.length === 0 ? [] : [rule.grants.join(', ')]),
    ...(rule.without.length === 0 ? [] : [`without ${rule.without.join(', ')}`]),
  ].join('; ');
  const missing = rule.unknownGroups.map((group) => `undecided  the tenant has no group ${group}`);
  const isOpen = rule.memberships?.length === 0 && missing.length > 0;
  const groups =
    rule.memberOf.length === 0
      ? []
      : [
          `${rule.memberships === null || isOpen ? 'undecided' : String(rule.memberships.length > 0).padEnd(9)}  member of ${rule.memberOf.join(' or ')}${
            rule.memberships === null
              ? '   <- the memberships were not read'
              : `   <- ${rule.memberships.length === 0 ? 'in none of them' : `in ${rule.memberships.join(', ')}`}`
          }`,
        ];
  const clauses = [...(rule.when === null ? [] : [renderExplanation(rule.when)]), ...groups, ...missing];
  const body = clauses.length === 0 ? ['true       every user in scope'] : clauses;
  return `${paint('bold', `rule ${rule.name}`)}: ${String(rule.truth)}${gives === '' ? '' : ` (${gives})`}\n${indent(body.join('\n'))}`;
}

function indent(text: string): string {
  return text.replace(/^/gm, '  ');
}
