import type { GroupDeltaPage, MemberChange } from '../../../graph/directory';
import { toGroupId } from '../../../kernel/ids';
import type { GroupId } from '../../../kernel/ids';
import type { Services } from '../../services';
import type { Task } from '../../task';
import { bulkSize } from '../bulk-pacer';
import { sendLooks } from '../send-looks';
import type { FollowedGroups } from './followed-groups';
import type { GroupTree } from './group-tree';

/** What taking changes of groups uses. */
export type GroupChangeServices = Pick<
  Services,
  'bulkPacer' | 'clock' | 'cursors' | 'directory' | 'queues' | 'quota'
>;

/** Changes of members that are kept in memory: a round after a long outage may bring any number. */
const mostPassedBy = 100_000;

type Followed = { readonly followed: FollowedGroups; readonly tree: GroupTree };
type Row = GroupDeltaPage['changes'][number];

/**
 * The changes of one round, as looks at the users whom they concern. A group that comes into the tree or leaves it
 * concerns everybody in it. Rows of a round come in no order: what a group's row said before it was known to be in the
 * tree is kept until the end of the round.
 */
export class GroupChanges {
  readonly #services: GroupChangeServices;
  readonly #task: Task;
  readonly #followed: FollowedGroups;
  readonly #tree: GroupTree;
  /** Followed groups that are deleted, and since when it is known, milliseconds. */
  readonly deleted: Map<GroupId, number>;
  /** Groups of which everybody has been looked at in this round. */
  readonly #opened = new Set<GroupId>();
  /** What was said of groups that are not in the tree so far. */
  readonly #passedBy = new Map<GroupId, MemberChange[]>();
  #passedBySize = 0;
  /** Users whose looks were queued. */
  users = 0;
  /** A group is gone, and Graph does not list its members any more. */
  hasLostMembers = false;

  constructor(
    services: GroupChangeServices,
    task: Task,
    { followed, tree, deleted }: Pick<GroupChanges, 'deleted'> & Followed,
  ) {
    this.#services = services;
    this.#task = task;
    this.#followed = followed;
    this.#tree = tree;
    this.deleted = deleted;
  }

  /** Queues the looks that the rows of a page ask for. @throws GraphError, TransientError */
  async take(rows: readonly Row[]): Promise<void> {
    const users = new Set<string>();
    const open = new Set<GroupId>();
    for (const row of rows) this.#takeRow(row, users, open);
    await this.#look([...users]);
    for (const group of open) await this.open(group);
  }

  #takeRow({ id, isDeleted, members }: Row, users: Set<string>, open: Set<GroupId>): void {
    const { roots, direct, every } = this.#followed;
    const isNested = this.#isInTree(id);
    if (isDeleted) {
      if (!isNested) return;
      this.deleted.set(id, this.#services.clock.now());
      // Where a name leads to nothing, nothing is decided by it; a nested group's members have lost a membership.
      if (!roots.includes(id)) this.hasLostMembers = true;
      return;
    }
    // Back with all its members, who need not be told.
    if (this.deleted.delete(id)) open.add(id);
    const counts = isNested || every || direct.has(id);
    for (const { kind, id: member } of members) {
      if (kind === 'user' && counts) users.add(member);
      if (kind === 'group' && isNested) open.add(toGroupId(member));
    }
    if (!isNested && members.length > 0) this.#passBy(id, members);
  }

  #passBy(id: GroupId, members: readonly MemberChange[]): void {
    this.#passedBySize += members.length;
    this.#passedBy.set(id, [...(this.#passedBy.get(id) ?? []), ...members]);
    if (this.#passedBySize > mostPassedBy) this.#passedBy.clear();
  }

  #isInTree(id: GroupId): boolean {
    return this.#followed.nested.has(id) || this.#tree.has(id);
  }

  /**
   * Has everybody in a group looked at, nested groups included, which are in the tree from now on: the group came into
   * the tree, has left it, or is back. Once a round.
   * @throws GraphError, TransientError
   */
  async open(group: GroupId): Promise<void> {
    const { directory, clock } = this.#services;
    if (this.#opened.has(group)) return;
    const inside = new Set([group]);
    for await (const { users, groups } of directory.groupContents(group)) {
      await this.#look(users);
      for (const one of groups) inside.add(one);
    }
    for (const one of inside) this.#opened.add(one);
    const added = [...inside].filter((one) => this.#tree.add(one, clock.now()));
    for (const one of added) await this.#takePassedBy(one);
  }

  /** Has everybody looked at who is in a group of which only the direct members count. @throws as `open` does */
  async openDirect(group: GroupId): Promise<void> {
    for await (const { users } of this.#services.directory.groupContents(group)) await this.#look(users);
  }

  /** Who left such a group is not in its list any more. */
  async #takePassedBy(group: GroupId): Promise<void> {
    if (this.#passedBySize > mostPassedBy) this.hasLostMembers = true;
    const members = this.#passedBy.get(group) ?? [];
    this.#passedBy.delete(group);
    await this.#look(members.filter(({ kind }) => kind === 'user').map(({ id }) => id));
    for (const { kind, id } of members) if (kind === 'group') await this.open(toGroupId(id));
  }

  async #look(ids: readonly string[]): Promise<void> {
    this.users += ids.length;
    await sendLooks(this.#services, this.#task, ids, 'delta', this.users > bulkSize);
  }
}
