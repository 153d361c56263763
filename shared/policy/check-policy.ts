import { withCanonicalReferences } from './checks/canonical-references';
import { checkExclusive } from './checks/check-exclusive';
import { checkGrants } from './checks/check-grants';
import { checkGroups } from './checks/check-groups';
import type { GroupFinding } from './checks/group-finding';
import { checkNames } from './checks/check-names';
import { checkServicePlans } from './checks/check-service-plans';
import { checkReachable } from './checks/check-reachable';
import { checkSettings } from './checks/check-settings';
import { checkTests } from './checks/check-tests';
import type { ServicePlanConflicts, PolicySku } from './checks/policy-catalogue';
import { readPolicyFile } from './file/load-policy';
import type { LoadedPolicy } from './file/load-policy';
import type { Problem } from './problem';

const checks = [checkGrants, checkSettings, checkNames, checkGroups, checkTests];
/** These compare references with each other: with a catalogue a name and a GUID of one thing are the same. */
const checksOfReferences = [checkExclusive];
/** These compare the rules of a policy, and need them all. */
const checksOfRules = [checkServicePlans];
const checksOfRuleReferences = [checkReachable];

export type CheckPolicyOptions = {
  readonly file?: string;
  /** The tenant's SKUs; without them names of SKUs and plans are not checked. */
  readonly skus?: readonly PolicySku[];
  /** What is to be said of groups, by their names as `foldText` writes them; without it groups are not checked. */
  readonly groups?: ReadonlyMap<string, GroupFinding>;
  readonly servicePlanConflicts?: ServicePlanConflicts;
};

export type CheckedPolicy = LoadedPolicy & { readonly namesChecked: boolean };

/**
 * U+FFFD stands where a letter was lost when a file was read or saved in the wrong encoding: such a name matches no one.
 * A policy that is in force with one goes on; it is not activated again.
 */
function lostLetters(text: string, file: string | undefined): readonly Problem[] {
  return text.split('\n').flatMap((line, index): Problem[] => {
    const at = line.indexOf('\ufffd');
    if (at < 0) return [];
    return [
      {
        severity: 'error',
        code: 'policy/lost-letter',
        message: 'a letter was lost here (U+FFFD)',
        ...(file === undefined ? {} : { file }),
        line: index + 1,
        column: at + 1,
        hint: 'Type it again, and save the file as UTF-8.',
      },
    ];
  });
}

/** Loads a policy and looks at it as a whole; `policy` is null when anything is an error. */
export function checkPolicy(text: string, options: CheckPolicyOptions = {}): CheckedPolicy {
  const { policy, draft, rulesRead, problems, yaml } = readPolicyFile(text, options.file);
  const namesChecked = options.skus !== undefined && draft !== null;
  if (draft === null) return { policy, problems, namesChecked };
  const input = {
    policy: draft,
    skus: options.skus ?? null,
    groups: options.groups ?? null,
    knowledge: options.servicePlanConflicts ?? null,
  };
  const canonical =
    options.skus === undefined ? input : { ...input, policy: withCanonicalReferences(draft, options.skus) };
  const found = [
    ...[...checks, ...(rulesRead ? checksOfRules : [])].flatMap((check) => check(input)),
    ...[...checksOfReferences, ...(rulesRead ? checksOfRuleReferences : [])].flatMap((check) =>
      check(canonical),
    ),
  ].map(({ severity, code, message, path, hint }): Problem => ({
    severity,
    code,
    message,
    ...(options.file === undefined ? {} : { file: options.file }),
    ...yaml.positionOf(path),
    path: path.join('.'),
    ...(hint === undefined ? {} : { hint }),
  }));
  const lost = lostLetters(text, options.file);
  const all = [...problems, ...lost, ...found].sort((a, b) => a.line - b.line || a.column - b.column);
  return {
    policy: all.some((problem) => problem.severity === 'error') ? null : policy,
    problems: all,
    namesChecked,
  };
}
