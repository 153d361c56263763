import type { policyErrors } from './policy';

/** What the check of a policy finds beside unreadable rules. */
export const policyFindings = {
  'policy/adopt-not-granted': 'A SKU is adopted that no rule assigns.',
  'policy/ambiguous-group': 'Several security groups have this name; name one by its id.',
  'policy/ambiguous-plan': 'Several service plans have this name; name one by its GUID.',
  'policy/ambiguous-sku': 'Several SKUs have this name; name one by its part number or GUID.',
  'policy/company-plan': 'A service plan belongs to the organization and cannot be switched off for a user.',
  'policy/company-sku': 'A SKU belongs to the organization and cannot be assigned to users.',
  'policy/default-guard': 'Licenses are removed, and the policy names no guard: the default one holds.',
  'policy/duplicate-rule': 'Two rules have the same name.',
  'policy/duplicate-sku': 'One SKU stands under two names where it may stand once.',
  'policy/empty-scope': 'The scope can never be fulfilled.',
  'policy/enabled-and-without': 'A plan is enabled by a grant and switched off by its rule.',
  'policy/every-plan-off': 'A grant leaves no plan of its SKU on.',
  'policy/exclusive-in-one-rule': 'A rule gives two SKUs that exclude each other.',
  'policy/exclusive-order': 'Two exclusive groups rank the same SKUs differently.',
  'policy/exclusive-twice': 'A SKU stands twice in one exclusive group.',
  'policy/extension-spelling':
    'No user that was looked at has this extension property; it may be spelled differently.',
  'policy/fallback-to-itself': 'A SKU is its own fallback.',
  'policy/fallback-twice': 'A SKU stands twice among the fallbacks of a grant.',
  'policy/guard-holds-everything': 'A guard of 0 holds every single change.',
  'policy/guard-holds-nothing': 'A guard of 100 percent never holds anything.',
  'policy/lost-letter': 'A letter of the file was lost when it was saved (U+FFFD).',
  'policy/missing': 'A key that must be there is missing.',
  'policy/never-matches': 'A rule can never match.',
  'policy/no-guard': 'Licenses are removed, and no guard limits how many at once.',
  'policy/other-kind-of-group': 'A group is not security-enabled: such a one counts by its id only.',
  'policy/plan-conflict': 'Service plans that are given together exclude each other.',
  'policy/plan-prerequisite': 'A service plan needs another one, which the policy leaves off.',
  'policy/renamed-group': 'A group is called otherwise now; the name still stands for it.',
  'policy/shadowed': 'A rule adds nothing to what another one gives the same users.',
  'policy/shared-group-name': 'Another group has the same name and does not count.',
  'policy/sku-status': 'The subscription of a SKU is not in force.',
  'policy/sku-twice': 'A rule assigns a SKU twice.',
  'policy/test-property': 'A test gives a property that no rule can read.',
  'policy/type': 'A value has the wrong type.',
  'policy/unknown-group': 'The tenant has no such group.',
  'policy/unknown-key': 'There is no such key at this place.',
  'policy/unknown-plan': 'The SKU has no such service plan.',
  'policy/unknown-sku': 'The tenant has no such SKU.',
  'policy/value': 'A value is not one of those that are allowed.',
  'policy/yaml': 'The file is not valid YAML 1.2.',
} as const;

/** What is odd in a rule that can be read. */
export const ruleWarnings = {
  'rule/blank-missing': 'A blank is missing before an operator.',
  'rule/boolean': 'A property that is documented as text is compared with true or false.',
  'rule/contains': '-contains is slow in Entra.',
  'rule/extension': 'Entra does not take this: it is an extension of the product.',
  'rule/line-break': 'A text goes over a line break, which counts in the comparison.',
  'rule/match': '-match is slow in Entra.',
  'rule/member-of-ends': 'Microsoft ends the preview of memberOf in dynamic groups.',
  'rule/mixed-and-or': '-and and -or stand side by side without parentheses.',
  'rule/negative-on-collection': 'A negative operator stands directly on a collection.',
  'rule/negative-without-guard': 'A negative comparison also takes in users for whom the property is empty.',
  'rule/never-synced': 'dirSyncEnabled is empty, not false, for users who were never synced.',
  'rule/not-a-guid': 'A text that should be the id of a group or plan is none.',
  'rule/number': 'A property that holds text is compared with a number.',
  'rule/outer-blank': 'A text begins or ends with a blank, which counts in the comparison.',
  'rule/plan-without-status': 'Service plans that have ended count too.',
  'rule/quoted-boolean': 'true or false stands in quotes.',
  'rule/regex-not-run': 'A regular expression is valid and cannot be run here.',
  'rule/unconfirmed': 'No page of Microsoft says what Entra does here.',
  'rule/wildcard': 'A star in a text stands for itself: rules have no wildcards.',
  'rule/zone': 'A time has no time zone and is read as UTC.',
} as const;

export type RuleWarningCode =
  | keyof typeof ruleWarnings
  /** Read all the same, with a warning. */
  | Extract<keyof typeof policyErrors, `rule/${string}`>;

/** Every code of a problem that the check of a policy file names. */
export type FindingCode = keyof typeof policyFindings | RuleWarningCode;
