import { isGuid } from '../../kernel/ids';
import type { UnsureGroup } from '../named-groups';

/**
 * What is to be said of a group that a policy names. Beside what stands for nothing sure: `renamed`, and still the
 * group that was bound; `shared`: others are called so too, and do not count; `several`, `otherKindBound`: an earlier
 * version of the app took the name for these, and still they are what it stands for.
 */
export type GroupFinding = {
  readonly reference: string;
  readonly kind: UnsureGroup['kind'] | 'renamed' | 'shared' | 'several' | 'otherKindBound';
  readonly ids: readonly string[];
  /** Names that are probably meant, or the name of today; may be empty. */
  readonly near: readonly string[];
};

/** Findings after which a rule decides nothing, or takes in more groups than it should. */
export function isGroupError({ kind }: GroupFinding): boolean {
  return kind !== 'renamed' && kind !== 'shared';
}

/** One sentence without its full stop. */
export function describeGroup({ reference, kind, ids, near }: GroupFinding): string {
  const list = ids.join(', ');
  switch (kind) {
    case 'unknown':
      return `The tenant has no group ${reference}`;
    case 'gone':
      return `The group ${reference} (${list}) was deleted`;
    case 'moved':
      return `The group ${reference} was deleted, and another one has its name now: ${list}`;
    case 'ambiguous':
      return `The tenant has ${String(ids.length)} security groups of the name ${reference}: ${list}`;
    case 'several':
      return `${reference} stands for ${String(ids.length)} groups, as an earlier version of the app took it: ${list}`;
    case 'otherKind':
      return `The group ${reference} is not security-enabled (${list}): by name only security groups count`;
    case 'otherKindBound':
      return `${reference} stands for a group that is not security-enabled (${list}), as an earlier version of the app took it`;
    case 'renamed':
      return `The group ${reference} (${list}) is called ${near.join()} now; it still stands for that group, and no user changes`;
    case 'shared':
      return `Another group is called ${reference} too (${list}): it does not count`;
  }
}

/** What to do about it. */
export function hintForGroup({ reference, kind, near }: GroupFinding): string {
  switch (kind) {
    case 'unknown':
    case 'gone':
      if (near.length > 0) return `Did you mean ${near.join(' or ')}?`;
      return isGuid(reference) || kind === 'gone'
        ? 'It was deleted, or this is the id of something else.'
        : 'It was renamed or deleted, or is misspelt. Give the display name as Entra has it, or the id of the group.';
    case 'renamed':
      return `Write ${near.join()} at the next change of the file.`;
    case 'shared':
      return 'Rename one of them, or name the right one by its id.';
    case 'moved':
    case 'ambiguous':
    case 'several':
    case 'otherKind':
    case 'otherKindBound':
      return 'Name the right one by its id.';
  }
}
