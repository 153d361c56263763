import type { GroupDeltaPage, MemberChange } from '../../../graph/directory';
import { GraphError } from '../../../graph/refusals/graph-error';
import { toGroupId } from '../../../kernel/ids';
import type { GroupId } from '../../../kernel/ids';
import type { Services } from '../../services';
import type { Task } from '../../task';
import { bulkSize } from '../bulk-pacer';
import { sendLooks } from '../send-looks';
import type { FollowedGroups } from './followed-groups';
import type { GroupPosition, PendingGroup } from './group-position';
import type { GroupTree } from './group-tree';

/** What taking changes of groups uses. */
export type GroupChangeServices = Pick<
  Services,
  'bulkPacer' | 'clock' | 'cursors' | 'directory' | 'queues' | 'quota'
>;

/** Changes of members that are kept in memory: a round after a long outage may bring any number. */
const mostPassedBy = 100_000;

/** Groups to open that the row of the position holds beside the groups that policies name. */
const mostPending = 1_000;

/** So many runs try to read a group: Graph may tell of one before it lists it. */
const mostTries = 3;

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
  /** Groups that are still to be opened, in this order. */
  readonly pending: Map<GroupId, PendingGroup>;
  readonly #isPartial: boolean;
  /** Groups that could not be read in this run. */
  readonly #failed = new Set<GroupId>();
  /** Groups of which everybody has been looked at in this run. */
  readonly #opened = new Set<GroupId>();
  /** What was said of groups that are not in the tree so far. */
  readonly #passedBy = new Map<GroupId, MemberChange[]>();
  /** How many changes of members that is. */
  passedBySize = 0;
  #direct = 0;
  #inOpened = 0;
  /** A group is gone, and Graph does not list its members any more. */
  hasLostMembers = false;

  constructor(
    services: GroupChangeServices,
    task: Task,
    { followed, tree, stored }: Followed & { readonly stored: GroupPosition },
  ) {
    this.#services = services;
    this.#task = task;
    this.#followed = followed;
    this.#tree = tree;
    this.deleted = new Map(stored.deleted);
    this.pending = new Map(stored.pending.map((group) => [group.id, group]));
    this.#isPartial = stored.isPartial;
  }

  /** Users whose looks were queued. */
  get users(): number {
    return this.#direct + this.#inOpened;
  }

  /** Queues the looks that the rows of a page ask for, and notes the groups to open. @throws TransientError */
  async take(rows: readonly Row[]): Promise<void> {
    const users = new Set<string>();
    for (const row of rows) this.#takeRow(row, users);
    await this.#lookDirect([...users]);
  }

  #takeRow({ id, isDeleted, members }: Row, users: Set<string>): void {
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
    if (this.deleted.delete(id)) this.open(id);
    const counts = isNested || every || direct.has(id);
    for (const { kind, id: member } of members) {
      if (kind === 'user' && counts) users.add(member);
      if (kind === 'group' && isNested) this.open(toGroupId(member));
    }
    if (!isNested && members.length > 0) this.#passBy(id, members);
  }

  #passBy(id: GroupId, members: readonly MemberChange[]): void {
    this.passedBySize += members.length;
    this.#passedBy.set(id, [...(this.#passedBy.get(id) ?? []), ...members]);
    if (this.passedBySize > mostPassedBy) this.#passedBy.clear();
  }

  #isInTree(id: GroupId): boolean {
    return this.#followed.nested.has(id) || this.#tree.has(id);
  }

  /**
   * Has everybody in a group looked at, nested groups included, which are in the tree from now on: the group came into
   * the tree, has left it, or is back. Once a run, by `openPending`.
   */
  open(id: GroupId): void {
    if (this.#opened.has(id) || this.pending.has(id)) return;
    this.#note({ id, isDirect: false, link: null, tries: 0 });
  }

  /** Has everybody looked at who is in a group of which only the direct members count. */
  openDirect(id: GroupId): void {
    if (!this.pending.has(id)) this.#note({ id, isDirect: true, link: null, tries: 0 });
  }

  #note(group: PendingGroup): void {
    if (this.pending.size < mostPending) this.pending.set(group.id, group);
    else this.hasLostMembers = true;
  }

  /**
   * Opens groups page by page until all are open or the time is over, at least one page. A group that cannot be read is
   * tried again in the next runs; after that the census compares everybody. @throws TransientError
   */
  async openPending(isOver: () => boolean): Promise<void> {
    for (;;) {
      const next = [...this.pending.values()].find(({ id }) => !this.#failed.has(id));
      if (next === undefined) return;
      await this.#openPage(next);
      if (isOver()) return;
    }
  }

  /** False: what is pending could not be read in this run. */
  get isOpening(): boolean {
    return [...this.pending.keys()].some((id) => !this.#failed.has(id));
  }

  async #openPage(group: PendingGroup): Promise<void> {
    const { id, isDirect, link } = group;
    const page = await this.#services.directory
      .groupContents(id, link ?? undefined)
      .catch((thrown: unknown) => {
        if (!(thrown instanceof GraphError)) throw thrown;
        return thrown;
      });
    if (page === null || page instanceof GraphError) {
      this.#noteFailure(group, page);
      return;
    }
    await this.#lookOpened(page.users);
    if (page.nextLink === undefined) this.pending.delete(id);
    else this.pending.set(id, { ...group, link: page.nextLink, tries: 0 });
    if (isDirect) return;
    const inside = link === null ? [id, ...page.groups] : page.groups;
    for (const one of inside) {
      this.#opened.add(one);
      // Its members are in the list of this group too.
      if (one !== id && this.pending.get(one)?.link === null) this.pending.delete(one);
    }
    const added = inside.filter((one) => this.#tree.add(one, this.#services.clock.now()));
    // What rows said about them before this run is not known any more.
    if (added.length > 0 && this.#isPartial) this.hasLostMembers = true;
    for (const one of added) await this.#takePassedBy(one);
  }

  #noteFailure(group: PendingGroup, error: GraphError | null): void {
    const { id, tries } = group;
    this.pending.delete(id);
    // Who was in a deleted group cannot be read, and its deletion has said so.
    if (error === null && this.deleted.has(id)) return;
    this.#failed.add(id);
    const fields = { group: id, ...(error === null ? {} : { error }) };
    if (tries + 1 < mostTries) {
      this.pending.set(id, { ...group, link: null, tries: tries + 1 });
      this.#task.logger.warn('The members of a group could not be read; tried again', fields);
      return;
    }
    this.hasLostMembers = true;
    this.#task.logger.warn('The members of a group cannot be read; a census compares all users', fields);
  }

  /** Who left such a group is not in its list any more. */
  async #takePassedBy(group: GroupId): Promise<void> {
    if (this.passedBySize > mostPassedBy) this.hasLostMembers = true;
    const members = this.#passedBy.get(group) ?? [];
    this.#passedBy.delete(group);
    await this.#lookDirect(members.filter(({ kind }) => kind === 'user').map(({ id }) => id));
    for (const { kind, id } of members) if (kind === 'group') this.open(toGroupId(id));
  }

  /** Who is told to have joined or left is no crowd because others are looked at as members of an opened group. */
  async #lookDirect(ids: readonly string[]): Promise<void> {
    this.#direct += ids.length;
    await sendLooks(this.#services, this.#task, ids, 'delta', this.#direct > bulkSize, { group: true });
  }

  async #lookOpened(ids: readonly string[]): Promise<void> {
    this.#inOpened += ids.length;
    await sendLooks(this.#services, this.#task, ids, 'delta', this.#inOpened > bulkSize, { group: true });
  }
}
