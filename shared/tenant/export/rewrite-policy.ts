import { stringify } from 'yaml';
import type { z } from 'zod';
import { isGuid } from '../../kernel/ids';
import type { PolicyFile } from '../../policy/file/policy-schema';
import { readYaml } from '../../policy/file/yaml-source';
import { findProduct, partNumbersOf } from '../../policy/products/part-numbers';
import { rewriteRule } from './rewrite-rule';
import type { RuleNames } from './rewrite-rule';

type InFile = z.input<typeof PolicyFile>;
type RuleInFile = InFile['rules'][number];
type TestInFile = NonNullable<InFile['tests']>[number];

export type PolicyNames = RuleNames & {
  /** Part numbers and plan names of the tenant, and their ids: in lower case. They are Microsoft's. */
  readonly products: ReadonlySet<string>;
};

export type RewrittenPolicy = {
  readonly text: string;
  /** Rules by their names in the copy that are for no user there; `scope` for the scope. */
  readonly lost: readonly string[];
};

const head = `# Names, addresses, ids and texts of users and groups are replaced as in the copy of the tenant.
# Names of rules and tests are numbers, comments are left out. SKUs and plans are Microsoft's own.
`;

/**
 * A policy for a copy of the tenant in which everything has its pseudonym.
 * @param text a policy that loads without an error
 */
export function rewritePolicy(text: string, names: PolicyNames): RewrittenPolicy {
  // Loaded before: its shape is that of the schema.
  const file = readYaml(text, undefined).content as InFile;
  const lost: string[] = [];
  const rewritten = (rule: string, name: string) => {
    const made = rewriteRule(rule, names);
    if (made.isLost) lost.push(name);
    return made.rule;
  };
  const { scope, exclusive, adopt, prices, tests } = file;
  const product = (reference: string) => productOf(reference, names);
  const copy: InFile = {
    ...file,
    ...(scope === undefined ? {} : { scope: { when: rewritten(scope.when, 'scope') } }),
    ...(exclusive === undefined ? {} : { exclusive: exclusive.map((group) => group.map(product)) }),
    rules: file.rules.map((rule, index) => {
      const name = `rule-${String(index + 1)}`;
      return { ...rewriteOne(rule, names), name, ...when(rule.when, (text) => rewritten(text, name)) };
    }),
    ...(adopt === undefined ? {} : { adopt: adopt.map(product) }),
    ...(prices === undefined
      ? {}
      : { prices: Object.fromEntries(Object.entries(prices).map(([sku, price]) => [product(sku), price])) }),
    ...(tests === undefined ? {} : { tests: tests.map((test, index) => rewriteTest(test, index, names)) }),
  };
  return { text: head + stringify(copy, { lineWidth: 0, aliasDuplicateObjects: false }), lost };
}

function when(rule: string | undefined, rewritten: (rule: string) => string): { readonly when?: string } {
  return rule === undefined ? {} : { when: rewritten(rule) };
}

function rewriteOne({ memberOf, assign, without, ...rule }: RuleInFile, names: PolicyNames): RuleInFile {
  const product = (reference: string) => productOf(reference, names);
  return {
    ...rule,
    ...(memberOf === undefined ? {} : { memberOf: memberOf.map((group) => groupOf(group, names)) }),
    ...(assign === undefined
      ? {}
      : {
          assign: assign.map(({ sku, disable, enable, fallback, ...grant }) => ({
            sku: product(sku),
            ...(disable === undefined ? {} : { disable: disable.map(product) }),
            ...(enable === undefined ? {} : { enable: enable.map(product) }),
            ...(fallback === undefined ? {} : { fallback: fallback.map(product) }),
            ...grant,
          })),
        }),
    ...(without === undefined ? {} : { without: without.map(product) }),
  };
}

function rewriteTest(
  { name, user, expect, ...test }: TestInFile,
  index: number,
  names: PolicyNames,
): TestInFile {
  const { memberOf, manager, ...properties } = user;
  const groups = Array.isArray(memberOf) ? memberOf.map((group) => groupInTest(group, names)) : undefined;
  const boss = isRecord(manager) && typeof manager['id'] === 'string' ? manager['id'] : undefined;
  return {
    ...(name === undefined ? {} : { name: `test-${String(index + 1)}` }),
    ...test,
    user: {
      ...names.values.restore(names.values.properties(properties)),
      ...(groups === undefined ? {} : { memberOf: groups }),
      ...(boss === undefined ? {} : { manager: { id: names.pseudonyms.id(boss) } }),
    },
    expect: Object.fromEntries(
      Object.entries(expect).map(([sku, found]) => [
        productOf(sku, names),
        found?.off === undefined ? found : { off: found.off.map((plan) => productOf(plan, names)) },
      ]),
    ),
  };
}

function groupInTest(group: unknown, names: PolicyNames): unknown {
  if (typeof group === 'string') return groupOf(group, names);
  if (!isRecord(group)) return null;
  const { id, displayName } = group;
  return {
    ...(typeof id === 'string' ? { id: names.pseudonyms.id(id) } : {}),
    ...(typeof displayName === 'string' ? { displayName: names.pseudonyms.text('group', displayName) } : {}),
  };
}

function groupOf(reference: string, { pseudonyms }: PolicyNames): string {
  return isGuid(reference.trim()) ? pseudonyms.id(reference.trim()) : pseudonyms.text('group', reference);
}

/**
 * A SKU or plan as it is written, also by the name that Microsoft sells it under, without the tenant's name before it
 * (`contoso:EMS`). What is no product and may name a person or a group gets a pseudonym.
 */
function productOf(reference: string, { products, pseudonyms }: PolicyNames): string {
  const bare = reference.slice(reference.lastIndexOf(':') + 1).trim();
  const isProduct = [bare, ...partNumbersOf(bare)].some(
    (name) => products.has(name.toLowerCase()) || findProduct(name) !== undefined,
  );
  return isProduct || !pseudonyms.isPersonal(bare) ? bare : pseudonyms.text('product', bare);
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
