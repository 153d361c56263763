import { z } from 'zod';
import { toGroupId } from '../../../kernel/ids';
import type { GroupId } from '../../../kernel/ids';
import { timing } from '../../../kernel/timing';
import type { Cursor, CursorStore } from '../../../store/ports/cursor-store';

/** The row of nested groups: up to some hundred kilobytes. */
export const nestedGroupsRow = 'groups-nested';
/** What fits a row of the tables. */
const mostGroups = 8_000;

const Stored = z.object({ groups: z.array(z.tuple([z.guid().transform(toGroupId), z.number()])) });

/**
 * The groups whose members are members of a group that a policy names: those groups themselves, and what is nested in
 * them. A group that is nested no longer stays for `timing.intake.nestedGroupKept`, because changes of members and of
 * nesting are not told in their order.
 */
export class GroupTree {
  readonly #cursors: CursorStore;
  readonly #seen: Map<GroupId, number>;
  #row: Cursor;
  readonly #leftOut = new Set<GroupId>();
  #isChanged = false;

  private constructor(cursors: CursorStore, row: Cursor, seen: Map<GroupId, number>) {
    this.#cursors = cursors;
    this.#row = row;
    this.#seen = seen;
  }

  /** A tree that cannot be read is an empty one: the next reading of the nested groups fills it. */
  static async read(cursors: CursorStore): Promise<GroupTree> {
    const row = await cursors.read(nestedGroupsRow);
    return new GroupTree(cursors, row, new Map(parse(row.value).slice(0, mostGroups)));
  }

  has(id: GroupId): boolean {
    return this.#seen.has(id);
  }

  get isEmpty(): boolean {
    return this.#seen.size === 0;
  }

  /** The row holds no more groups. */
  get isFull(): boolean {
    return this.#seen.size >= mostGroups;
  }

  /** How many groups were left out because the row holds no more. */
  get leftOut(): number {
    return this.#leftOut.size;
  }

  /** When a group was last seen in the tree, milliseconds; -Infinity: it is not in it. */
  seenAt(id: GroupId): number {
    return this.#seen.get(id) ?? -Infinity;
  }

  /** Notes that a group is in the tree at `now`, milliseconds; true: it was not known before, and there was room for it. */
  add(id: GroupId, now: number): boolean {
    const isNew = !this.#seen.has(id);
    if (isNew && this.isFull) {
      this.#leftOut.add(id);
      return false;
    }
    this.#seen.set(id, now);
    this.#isChanged = true;
    return isNew;
  }

  /** Everything counts as seen at this time, milliseconds, at the latest: the nested groups of all are due. */
  seenBefore(time: number): void {
    for (const [id, at] of this.#seen) this.#seen.set(id, Math.min(at, time));
    this.#isChanged = true;
  }

  /** What a group holds is not known: whatever else is in the tree stays. `now`: milliseconds. */
  keepAllBut(roots: ReadonlySet<GroupId>, now: number): void {
    for (const id of this.#seen.keys()) if (!roots.has(id)) this.#seen.set(id, now);
    this.#isChanged = true;
  }

  /** Drops what has been out of the tree for long enough. */
  dropBefore(now: number): void {
    for (const [id, at] of this.#seen) {
      if (now - at <= timing.intake.nestedGroupKept.ms) continue;
      this.#seen.delete(id);
      this.#isChanged = true;
    }
  }

  /** Stored by compare-and-set, if anything changed. @throws ConcurrencyError */
  async store(): Promise<void> {
    if (!this.#isChanged) return;
    const groups = [...this.#seen];
    this.#row = await this.#cursors.commit(nestedGroupsRow, this.#row, JSON.stringify({ groups }));
    this.#isChanged = false;
  }
}

function parse(value: string | null): readonly [GroupId, number][] {
  if (value === null) return [];
  try {
    return Stored.parse(JSON.parse(value)).groups;
  } catch {
    return [];
  }
}
