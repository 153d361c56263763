import { foldText } from '../fold-case';
import { namedGroups } from '../group-references';
import { describeGroup, hintForGroup, isGroupError } from './group-finding';
import type { GroupFinding } from './group-finding';
import type { Finding, PolicyCheck } from './policy-check';

/** Groups that stand for nothing sure in the tenant, and names that need a look. */
export const checkGroups: PolicyCheck = ({ policy, groups }) =>
  namedGroups(policy).flatMap(({ reference, path }): Finding[] => {
    const found = groups?.get(foldText(reference));
    if (found === undefined) return [];
    return [
      {
        severity: isGroupError(found) ? 'error' : 'warning',
        code: codeOf(found),
        message: describeGroup({ ...found, reference }),
        path,
        hint: hintForGroup({ ...found, reference }),
      },
    ];
  });

function codeOf({ kind }: GroupFinding): Finding['code'] {
  switch (kind) {
    case 'unknown':
    case 'gone':
    case 'moved':
      return 'policy/unknown-group';
    case 'ambiguous':
    case 'several':
      return 'policy/ambiguous-group';
    case 'otherKind':
    case 'otherKindBound':
      return 'policy/other-kind-of-group';
    case 'renamed':
      return 'policy/renamed-group';
    case 'shared':
      return 'policy/shared-group-name';
  }
}
