import { family, groupNames } from './tenant-model';
import type { PolicyModel, RuleModel } from './tenant-model';

const listOf = (names: readonly string[]) => `[${names.join(', ')}]`;

/** The policy as an admin would write it. */
export function policyTextOf(policy: PolicyModel): string {
  const { isScoped, isFamilyExclusive, removal, guard, rules } = policy;
  return [
    'version: 1',
    ...(isScoped ? [`scope: { when: 'user.accountEnabled -eq true' }`] : []),
    'usageLocation: { default: NL }',
    ...(isFamilyExclusive ? [`exclusive: [${listOf(family)}]`] : []),
    removal === 'keep' ? 'removal: { mode: keep }' : `removal: { mode: remove, grace: ${removal} }`,
    guard === null ? 'guards: none' : `guards: { maxReductions: { count: ${String(guard)} } }`,
    'rules:',
    ...rules.flatMap(ruleLines),
    '',
  ].join('\n');
}

function ruleLines({ name, department, group, grants, without }: RuleModel): string[] {
  return [
    `  - name: ${name}`,
    ...(department === undefined ? [] : [`    when: 'user.department -eq "${department}"'`]),
    ...(group === undefined ? [] : [`    memberOf: [${groupNames[group]}]`]),
    ...(grants.length === 0 ? [] : ['    assign:']),
    ...grants.map(({ sku, off, fallback, priority }) =>
      [
        `      - { sku: ${sku}`,
        ...(off.length === 0 ? [] : [`disable: ${listOf(off)}`]),
        ...(fallback.length === 0 ? [] : [`fallback: ${listOf(fallback)}`]),
        ...(priority === 0 ? [] : [`priority: ${String(priority)}`]),
      ]
        .join(', ')
        .concat(' }'),
    ),
    ...(without.length === 0 ? [] : [`    without: ${listOf(without)}`]),
  ];
}
