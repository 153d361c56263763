import { maximumRuleLength } from '../../policy/rule/syntax/parse-rule';
import type { Located, Reference } from '../../policy/rule/syntax/syntax';
import type { Pseudonyms } from './pseudonyms';
import { literalsOf, looksInside, partsOfRule, valuesFulfilling } from './rule-parts';
import type { RulePart } from './rule-parts';
import type { UserValues } from './user-values';

type Edit = Located & { readonly text: string };
type Compared = Extract<RulePart, { kind: 'comparison' }>;

/** What rules are rewritten with, once all users and groups are known. */
export type RuleNames = {
  readonly pseudonyms: Pseudonyms;
  readonly values: UserValues;
  /** Values of the tenant at a path that a rule looks into; `group`: names of groups. */
  readonly seen: ReadonlyMap<string, ReadonlySet<string>>;
};

export type RewrittenRule = {
  readonly rule: string;
  /** The rule is for no user of the copy: a comparison could not be carried over. */
  readonly isLost: boolean;
};

/** Is for no user. */
const forNobody = 'user.objectId -eq "00000000-0000-0000-0000-000000000000"';
/** More would make the rule longer than Entra allows (`maximumRuleLength`). */
const mostValues = 200;

/** Paths that the rule compares parts of texts at: their values have to be known before it can be rewritten. */
export function pathsLookedInto(source: string): readonly string[] {
  return (partsOfRule(source) ?? []).flatMap((part) =>
    part.kind === 'comparison' && part.path !== null && looksInside(part.comparison) ? [part.path] : [],
  );
}

/**
 * The rule with the pseudonyms of what it names. Where it asks for a part of a text, it names the values of the tenant that
 * have this part. A rule with a part that cannot be carried over is for no user: a part that matches nothing would not do, since
 * under `-not`, `-or` or a negative operator it would let in users for whom the tenant's rule is not.
 */
export function rewriteRule(source: string, names: RuleNames): RewrittenRule {
  const parts = partsOfRule(source);
  if (parts === null) return { rule: forNobody, isLost: true };
  const edits: Edit[] = [];
  for (const part of parts) {
    const made = rewritePart(source, part, names);
    if (made === 'lost') return { rule: forNobody, isLost: true };
    edits.push(...made);
  }
  const rule = applyEdits(source, edits);
  return rule.length > maximumRuleLength ? { rule: forNobody, isLost: true } : { rule, isLost: false };
}

/** `lost`: it cannot be said with the copy's values. */
type Rewritten = readonly Edit[] | 'lost';
const unchanged: Rewritten = [];

function rewritePart(source: string, part: RulePart, names: RuleNames): Rewritten {
  const { pseudonyms } = names;
  const { start, end } = part;
  switch (part.kind) {
    case 'manager':
      return [{ start, end, text: quoted(pseudonyms.id(part.id)) }];
    case 'reference':
      return [{ start, end, text: `user.${pseudonyms.extension(part.name)}` }];
    case 'comparison':
      if (part.path === null) return unchanged;
      return looksInside(part.comparison)
        ? rewriteInside(source, part, part.path, names)
        : rewriteWhole(part, part.path, names);
  }
}

function rewriteWhole({ comparison }: Compared, path: string, names: RuleNames): Rewritten {
  return [...literalsOf(comparison.value)].flatMap(({ start, end, text }) => {
    const made = valueOf(path, text, names);
    return made === text ? [] : [{ start, end, text: quoted(made) }];
  });
}

function valueOf(path: string, text: string, { pseudonyms, values }: RuleNames): string {
  if (path === 'group/id') return pseudonyms.id(text);
  if (path === 'group') return pseudonyms.text('group', text);
  return values.finalText(path, text);
}

/** What is part of an address and no name. */
const partsOfAddresses = /^(@|#EXT#@?|smtp:|sip:)$/i;

function rewriteInside(source: string, part: Compared, path: string, names: RuleNames): Rewritten {
  const { comparison } = part;
  const literals = [...literalsOf(comparison.value)];
  if (literals.every(({ text }) => mayStay(path, text, names))) return unchanged;
  const [literal] = literals;
  if (literal !== undefined && literals.length === 1 && names.values.isAddress(path)) {
    const domain = /^[@.]([^@\s.]+(?:\.[^@\s.]+)*)$/.exec(literal.text)?.[1];
    if (domain !== undefined && /endswith$/i.test(comparison.operator)) {
      const text = quoted(`${literal.text.charAt(0)}${names.pseudonyms.domain(domain)}`);
      return [{ ...literal, text }];
    }
  }
  return byValues(source, part, path, names);
}

function mayStay(path: string, text: string, { pseudonyms, values }: RuleNames): boolean {
  if (values.isAddress(path)) return partsOfAddresses.test(text);
  if (path === 'group' || path === 'group/id') return false;
  if (!values.isReplaced(path)) return !pseudonyms.isPersonal(text);
  return values.staysAsIs(path, text);
}

/** The values that have the part, by their whole texts. */
function byValues(source: string, part: Compared, path: string, names: RuleNames): Rewritten {
  const { comparison, start, end } = part;
  const isNegative = comparison.operator.startsWith('not');
  const { reference } = comparison;
  const subject =
    isProperty(reference) && /^extension_/i.test(reference.name)
      ? `user.${names.pseudonyms.extension(reference.name)}`
      : source.slice(reference.start, reference.end);
  const known = [...(names.seen.get(path) ?? [])];
  const fulfilling = new Set(valuesFulfilling(source, part, known));
  const chosen = isNegative ? known.filter((value) => !fulfilling.has(value)) : [...fulfilling];
  const texts = [...new Set(chosen.map((value) => valueOf(path, value, names)))];
  // What every value has is asked of none in particular.
  if (texts.length > mostValues && chosen.length === known.length && isProperty(reference)) {
    return [{ start, end, text: `${subject} ${isNegative ? '-eq' : '-ne'} null` }];
  }
  if (texts.length > mostValues) return 'lost';
  const list = texts.length === 0 ? [names.pseudonyms.text('unmatched', 'none')] : texts;
  return [
    { start, end, text: `${subject} ${isNegative ? '-notIn' : '-in'} [${list.map(quoted).join(', ')}]` },
  ];
}

const isProperty = ({ object }: Reference) => object.toLowerCase() === 'user';

/** Pseudonyms have nothing in them that would end a text; what stays may. */
function quoted(text: string): string {
  return /["\\`]/.test(text) ? `'${text.replaceAll("'", "''")}'` : `"${text}"`;
}

/** An edit of a whole comparison takes the place of those inside it. */
function applyEdits(source: string, edits: readonly Edit[]): string {
  const outer = edits.filter(
    (edit) =>
      !edits.some(
        (other) =>
          other !== edit && other.start <= edit.start && other.end >= edit.end && size(other) > size(edit),
      ),
  );
  return [...outer]
    .sort((a, b) => b.start - a.start)
    .reduce((text, { start, end, text: made }) => text.slice(0, start) + made + text.slice(end), source);
}

const size = ({ start, end }: Located) => end - start;
