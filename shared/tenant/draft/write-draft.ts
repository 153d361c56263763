import { plansNamed } from '../../licensing/catalogue/catalogue';
import type { Catalogue } from '../../licensing/catalogue/catalogue';
import type { SkuId } from '../../kernel/ids';
import type { Unexplained } from './draft-attribute-rules';
import type { DraftedGrant, DraftedRule } from './drafted-rule';

/** What a draft says, before it is text. */
export type Draft = {
  readonly rules: readonly DraftedRule[];
  readonly families: readonly (readonly SkuId[])[];
  readonly adopt: readonly SkuId[];
  readonly notAdopted: readonly Unexplained[];
  readonly unexplained: readonly Unexplained[];
  /** The usage location of nearly everybody is their country. */
  readonly locationIsCountry: boolean;
};

/** The scope of every draft: who is licensed in most tenants. */
export const draftScope = 'user.userType -eq "Member" -and user.accountEnabled -eq true';

const mostNamed = 10;

/** A draft as the text of a policy file, with comments that say where each line comes from. */
export function writeDraft(draft: Draft, catalogue: Catalogue): string {
  const sku = (skuId: SkuId) => skuReference(skuId, catalogue);
  const lines = [
    comment(
      'Drafted from the licenses that the tenant has. It observes: nothing is written before `mode: enforce`.',
    ),
    'version: 1',
    'mode: observe',
    '',
    comment('Enabled members. Licenses of guests and disabled accounts stay as they are.'),
    `scope: { when: ${quoted(draftScope)} }`,
    ...(draft.locationIsCountry
      ? [
          '',
          comment('The usage location of nearly all who have one is their country.'),
          'usageLocation: { from: country }',
        ]
      : []),
    ...(draft.families.length === 0
      ? []
      : [
          '',
          comment('Editions of one suite: no user holds two of them today.'),
          'exclusive:',
          ...draft.families.map((family) => `  - [${family.map(sku).join(', ')}]`),
        ]),
    '',
    'rules:',
    ...draft.rules.flatMap((rule) => writeRule(rule, catalogue)),
    ...(draft.adopt.length === 0
      ? []
      : [
          '',
          comment(
            'Direct assignments that a rule explains follow the policy from now on; all others stay by hand.',
          ),
          `adopt: [${draft.adopt.map(sku).join(', ')}]`,
        ]),
    ...writeUsers(
      'Not under `adopt`: these hold it directly for a reason that is not known, and a rule would change what they hold:',
      draft.notAdopted,
      sku,
    ),
    ...writeUsers(
      'Direct assignments that follow no attribute; they stay as they are:',
      draft.unexplained,
      sku,
    ),
    '',
    comment('What was granted stays when a user is no longer entitled to it; `remove` takes it back.'),
    'removal: { mode: keep }',
    '',
    comment('More changes than this wait until a person has approved them.'),
    'guards:',
    '  maxReductions: { count: 10, percent: 1 }',
    '  maxChanges: { count: 100, percent: 10 }',
  ];
  return `${lines.join('\n')}\n`;
}

function writeRule({ name, when, memberOf, grants, why }: DraftedRule, catalogue: Catalogue): string[] {
  return [
    ...why.map((text) => `  ${comment(text)}`),
    `  - name: ${quoted(name)}`,
    ...(when === null ? [] : [`    when: ${quoted(when)}`]),
    ...(memberOf.length === 0 ? [] : [`    memberOf: [${memberOf.map(quoted).join(', ')}]`]),
    '    assign:',
    ...grants.map((grant) => `      - ${writeGrant(grant, catalogue)}`),
  ];
}

function writeGrant({ skuId, disable }: DraftedGrant, catalogue: Catalogue): string {
  const sku = skuReference(skuId, catalogue);
  const plans = disable.map((plan) => planReference(skuId, plan, catalogue)).sort();
  return plans.length === 0 ? `{ sku: ${sku} }` : `{ sku: ${sku}, disable: [${plans.join(', ')}] }`;
}

function writeUsers(title: string, held: readonly Unexplained[], sku: (skuId: SkuId) => string): string[] {
  if (held.length === 0) return [];
  return [
    '',
    comment(title),
    ...held.map(({ skuId, users }) => {
      const names = users.slice(0, mostNamed).map(({ name }) => name);
      const more = users.length - names.length;
      return comment(`${sku(skuId)}: ${names.join(', ')}${more > 0 ? ` and ${String(more)} more` : ''}`);
    }),
  ];
}

/** By part number where only one SKU has it, else by id. */
function skuReference(skuId: SkuId, catalogue: Catalogue): string {
  const name = catalogue.skuById(skuId)?.skuPartNumber;
  return name !== undefined && catalogue.skusNamed(name).length === 1 ? plainOrQuoted(name) : quoted(skuId);
}

function planReference(skuId: SkuId, planId: string, catalogue: Catalogue): string {
  const sku = catalogue.skuById(skuId);
  const name = sku?.servicePlans.find(({ servicePlanId }) => servicePlanId === planId)?.servicePlanName;
  return sku !== undefined && name !== undefined && plansNamed(sku, name).length === 1
    ? plainOrQuoted(name)
    : quoted(planId);
}

/** What YAML reads as a text without quotes; `ON` or `123` would be something else. */
function plainOrQuoted(text: string): string {
  return /^[A-Za-z][\w]*_[\w]+$/.test(text) ||
    /^(?!(?:true|false|yes|no|on|off|null|y|n)$)[A-Za-z]\w{2,}$/i.test(text)
    ? text
    : quoted(text);
}

/** Controls, line breaks, marks that reorder or hide text, and halves of a pair: a reader or a terminal would not show them. */
const unseen = /[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/gu;

/**
 * A text in single quotes, in which nothing but the quote itself is special; one with unseen characters in double quotes, where
 * they are escapes (https://yaml.org/spec/1.2.2/#732-double-quoted-style, of which JSON's strings are a part).
 */
function quoted(text: string): string {
  if (text.search(unseen) === -1) return `'${text.replaceAll("'", "''")}'`;
  return JSON.stringify(text).replace(
    unseen,
    (one) => `\\U${(one.codePointAt(0) ?? 0).toString(16).padStart(8, '0')}`,
  );
}

/** One line, whatever people called their groups. */
function comment(text: string): string {
  return `# ${text.replace(unseen, ' ').replace(/ +/g, ' ')}`;
}
