import { z } from 'zod';
import { toGroupId } from '../../../kernel/ids';
import type { GroupId } from '../../../kernel/ids';
import type { Cursor } from '../../../store/ports/cursor-store';

/** The row that says up to where changes of groups were followed. */
export const groupPositionRow = 'groups-delta';

const GroupIdText = z.guid().transform(toGroupId);
const PendingGroup = z.object({
  id: GroupIdText,
  /** Only its direct members count. */
  isDirect: z.boolean(),
  /** The page to go on with; null: the first. */
  link: z.string().nullable(),
  /** How often it could not be read. */
  tries: z.number(),
});

/** A group of which everybody is still to be looked at. */
export type PendingGroup = z.output<typeof PendingGroup>;

const Stored = z.object({
  /** Graph's link, whole; null: no policy asked for groups. */
  link: z.string().nullable(),
  /** Hashes of the policies whose groups are followed, sorted. */
  policies: z.array(z.string()),
  /** The groups that they name, sorted. */
  roots: z.array(GroupIdText),
  /** A rule looks at names of any group, so that every group is followed. */
  every: z.boolean().default(false),
  /** When the nested groups of all of them were last read, milliseconds; 0: they have not been since the policies changed. */
  nestedAt: z.number(),
  /** Followed groups that were deleted and may be restored, and when that was told, milliseconds. */
  deleted: z.array(z.tuple([GroupIdText, z.number()])),
  pending: z.array(PendingGroup).default([]),
  /** A run has ended within a round, or before its groups were read: what it passed by is not known any more. */
  isPartial: z.boolean().default(false),
});

/** Where following the changes of groups stands. */
export type GroupPosition = z.output<typeof Stored>;

/** `none`: there never was one. `lost`: there was one, and it cannot be read. */
export function readGroupPosition({ value }: Pick<Cursor, 'value'>): GroupPosition | 'none' | 'lost' {
  if (value === null) return 'none';
  try {
    return Stored.parse(JSON.parse(value));
  } catch {
    return 'lost';
  }
}

/** The position as its row holds it. */
export function writeGroupPosition(position: GroupPosition): string {
  return JSON.stringify(position);
}

/** Whether two lists hold the same texts; both sorted. */
export function isSameList(one: readonly string[], other: readonly string[]): boolean {
  return one.length === other.length && one.every((text, index) => text === other[index]);
}

/** Ids in the order in which a position holds them. */
export function sorted(ids: Iterable<GroupId>): GroupId[] {
  return [...ids].sort();
}
