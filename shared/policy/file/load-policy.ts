import type { Condition } from '../condition';
import { defaultGuard } from '../policy';
import type { Grant, GrantPlans, Policy, PolicyRule } from '../policy';
import { nameProducts } from './name-products';
import { hashPolicy } from './policy-hash';
import type { Report } from './policy-report';
import { PolicyFile } from './policy-schema';
import type { Problem } from '../problem';
import { isMembershipRule, readMembershipRule } from '../rule/membership-rule';
import { joinNeeds, noNeeds } from '../../words/needs';
import { schemaProblems } from './schema-problems';
import { parseSpan } from './time-span';
import { readYaml } from './yaml-source';
import type { Path, YamlSource } from './yaml-source';

export type LoadedPolicy = {
  /** null when any problem is an error. */
  readonly policy: Policy | null;
  /** In the order of the file. */
  readonly problems: Problem[];
};

/**
 * Reads a policy file and compiles its rules. Every problem found is reported with line and column, not only the
 * first; `file` is the name they bear. Never throws for any text.
 */
export function loadPolicy(text: string, options: { readonly file?: string } = {}): LoadedPolicy {
  const { policy, problems } = readPolicyFile(text, options.file);
  return { policy, problems };
}

export type ReadPolicy = LoadedPolicy & {
  readonly yaml: YamlSource;
  /** What can be looked at as a whole although something in it is wrong; null when its shape is. */
  readonly draft: Policy | null;
  /** False when a `when` is no rule; the draft then lacks it. */
  readonly rulesRead: boolean;
};

/** The same, with the places of everything in the file, for checks over the whole. */
export function readPolicyFile(text: string, file?: string): ReadPolicy {
  const yaml = readYaml(text, file);
  const problems: Problem[] = [...yaml.problems];
  const report: Report = (severity, code, message, position, path, hint) => {
    problems.push({
      severity,
      code,
      message,
      ...(file === undefined ? {} : { file }),
      ...position,
      path: path.join('.'),
      ...(hint === undefined ? {} : { hint }),
    });
  };
  const finish = (draft: Policy | null) => {
    problems.sort((a, b) => a.line - b.line || a.column - b.column);
    const wrong = problems.some((problem) => problem.severity === 'error');
    const rulesRead = !problems.some(({ severity, code }) => severity === 'error' && isUnreadable(code));
    return { policy: wrong ? null : draft, problems, yaml, draft, rulesRead };
  };
  if (yaml.problems.some((problem) => problem.severity === 'error')) return finish(null);
  const parsed = PolicyFile.safeParse(yaml.content);
  // Rules are read from the raw content, so that their errors show beside those of the shape.
  const conditions = readConditions(yaml, unconfirmedOf(yaml.content), report);
  if (!parsed.success) {
    schemaProblems(parsed.error.issues, yaml, report);
    return finish(null);
  }
  checkRuleNames(parsed.data, yaml, report);
  return finish(toPolicy(nameProducts(parsed.data, yaml, report), conditions));
}

/** A rule that cannot be run here has been read all the same. */
const isUnreadable = (code: string) => code.startsWith('rule/') && code !== 'rule/regex-not-run';

function unconfirmedOf(content: unknown): 'assume' | 'undecided' {
  return fieldOf(content, 'unconfirmed') === 'undecided' ? 'undecided' : 'assume';
}

function fieldOf(content: unknown, key: string): unknown {
  if (typeof content !== 'object' || content === null || !Object.hasOwn(content, key)) return undefined;
  return (content as Readonly<Record<string, unknown>>)[key];
}

/** Every `when` of the file by its path, compiled; null for one that is wrong. */
function readConditions(
  yaml: YamlSource,
  unconfirmed: 'assume' | 'undecided',
  report: Report,
): ReadonlyMap<string, Condition> {
  const rules = fieldOf(yaml.content, 'rules');
  const places: { path: Path; source: unknown }[] = [
    { path: ['scope', 'when'], source: fieldOf(fieldOf(yaml.content, 'scope'), 'when') },
    ...(Array.isArray(rules) ? rules : []).map((rule, index) => ({
      path: ['rules', index, 'when'],
      source: fieldOf(rule, 'when'),
    })),
  ];
  const conditions = new Map<string, Condition>();
  for (const { path, source } of places) {
    if (typeof source !== 'string') continue;
    const reading = readMembershipRule(source, { unconfirmed });
    if (!reading.valid) {
      const { code, message, hint, start } = reading.error;
      report('error', code, message, yaml.positionInText(path, start), path, hint);
      continue;
    }
    for (const warning of reading.rule.warnings) {
      const severity = warning.code === 'rule/regex-not-run' ? 'error' : 'warning';
      report(severity, warning.code, warning.message, yaml.positionInText(path, warning.start), path);
    }
    conditions.set(path.join('.'), reading.rule);
  }
  return conditions;
}

/** The names of rules stand in decisions and in the ledger: two rules must not share one. */
function checkRuleNames(file: PolicyFile, yaml: YamlSource, report: Report): void {
  const seen = new Set<string>();
  for (const [index, rule] of file.rules.entries()) {
    const path = ['rules', index, 'name'];
    if (seen.has(rule.name)) {
      report(
        'error',
        'policy/duplicate-rule',
        `Two rules are named ${rule.name}`,
        yaml.positionOf(path),
        path,
      );
    }
    seen.add(rule.name);
  }
}

/** What compiling changes; every other key goes over as it is. */
function toPolicy(file: PolicyFile, conditions: ReadonlyMap<string, Condition>): Policy {
  const { grace, ...removal } = file.removal;
  const policy = {
    ...file,
    hash: hashPolicy(file),
    bindings: null,
    scope: conditions.get('scope.when') ?? null,
    usageLocation:
      file.usageLocation === undefined ? null : { from: null, default: null, ...file.usageLocation },
    rules: file.rules.map((rule, index) =>
      toRule(rule, conditions.get(`rules.${String(index)}.when`) ?? null),
    ),
    removal: { ...removal, graceMs: parseSpan(String(grace)) ?? 0 },
    guards: toGuards(file),
  };
  return { ...policy, needs: policyNeeds(policy) };
}

/** What a policy holds: what it names, nothing where it says so, and else what guards a policy that removes licenses. */
function toGuards({ guards, removal }: PolicyFile): Policy['guards'] {
  if (guards === 'none') return { maxReductions: null, maxChanges: null };
  const isUnguarded = guards.maxReductions === undefined && guards.maxChanges === undefined;
  const standard = isUnguarded && removal.mode === 'remove' ? defaultGuard : null;
  return { maxReductions: standard, maxChanges: null, ...guards };
}

function toRule(rule: PolicyFile['rules'][number], when: Condition | null): PolicyRule {
  return { ...rule, when, memberOf: rule.memberOf ?? [], assign: rule.assign.map(toGrant) };
}

function toGrant({ disable = [], enable, ...grant }: PolicyFile['rules'][number]['assign'][number]): Grant {
  const plans: GrantPlans =
    enable !== undefined
      ? { kind: 'enable', plans: enable }
      : disable.length > 0
        ? { kind: 'disable', plans: disable }
        : { kind: 'all' };
  return { ...grant, plans };
}

/** Exactly what must be read of a user to decide by this policy. */
function policyNeeds(policy: Pick<Policy, 'scope' | 'rules' | 'usageLocation'>) {
  const conditions = [policy.scope, ...policy.rules.map((rule) => rule.when)].filter((when) => when !== null);
  const needs = joinNeeds(conditions.map((when) => (isMembershipRule(when) ? when.needs : noNeeds)));
  const properties = new Set(needs.properties);
  if (policy.usageLocation?.from === 'country') properties.add('country');
  return {
    ...needs,
    properties,
    transitiveGroups: policy.rules.some((rule) => rule.memberOf.length > 0),
  };
}
