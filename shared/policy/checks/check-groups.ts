import { isGuid } from '../../kernel/ids';
import { foldText } from '../fold-case';
import { namedGroups } from '../group-references';
import type { PolicyCheck } from './policy-check';

/** Groups that the tenant does not have. */
export const checkGroups: PolicyCheck = ({ policy, unknownGroups }) =>
  namedGroups(policy).flatMap(({ reference, path }) => {
    const near = unknownGroups?.get(foldText(reference));
    if (near === undefined) return [];
    return [
      {
        severity: 'error' as const,
        code: 'policy/unknown-group',
        message: `The tenant has no group ${reference}`,
        path,
        hint: hintFor(reference, near),
      },
    ];
  });

function hintFor(reference: string, near: readonly string[]): string {
  if (near.length > 0) return `Did you mean ${near.join(' or ')}?`;
  return isGuid(reference)
    ? 'It was deleted, or this is the id of something else.'
    : 'It was renamed or deleted, or is misspelt. Give the display name as Entra has it, or the id of the group.';
}
