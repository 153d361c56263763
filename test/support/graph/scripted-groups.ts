import type { Directory, GroupDeltaPage, MemberChange } from '../../../shared/graph/directory';
import { toGroupId, toUserId } from '../../../shared/kernel/ids';
import type { GroupId, PolicyHash } from '../../../shared/kernel/ids';
import { walkGroupDelta } from '../../../shared/pipeline/intake/groups/walk-group-delta';
import type { Services } from '../../../shared/pipeline/services';
import { readPolicyFile } from '../../../shared/policy/file/load-policy';
import { makeMemoryCursors } from '../memory/memory-cursors';
import { makePipelineWorld } from '../pipeline-world';

export const groupId = (index: number): GroupId =>
  toGroupId(`cccccccc-0000-4000-8000-${String(index).padStart(12, '0')}`);
/** What the policy names. */
export const sales = groupId(1);
export const came = (id: string, kind: MemberChange['kind'] = 'user'): MemberChange => ({
  kind,
  id,
  isRemoved: false,
});
export const went = (id: string, kind: MemberChange['kind'] = 'user'): MemberChange => ({
  kind,
  id,
  isRemoved: true,
});

const memberPolicy = `version: 1
rules:
  - name: members
    memberOf: [sales]
    assign: [{ sku: EMS }]
`;

/** Graph's side as a test scripts it: pages by link, and what is inside each group. */
export function makeScriptedGroups() {
  const t = makePipelineWorld();
  const cursors = makeMemoryCursors(t.now);
  const world = {
    inside: new Map<GroupId, readonly string[]>(),
    nested: new Map<GroupId, readonly GroupId[]>(),
    /** The pages of the next round. */
    pages: [] as GroupDeltaPage['changes'][],
    policies: ['a'],
    roots: [sales],
    fail: undefined as (() => Error | undefined) | undefined,
    followed: [] as string[],
  };
  let serial = 0;
  const directory: Partial<Directory> = {
    groupDeltaFromNow: async () => `now@${String(++serial)}`,
    groupDeltaPage: async (link) => {
      world.followed.push(link);
      const error = world.fail?.();
      if (error !== undefined) throw error;
      const at = Number(/^page:(\d+)$/.exec(link)?.[1] ?? 0);
      const changes = world.pages[at] ?? [];
      return at + 1 < world.pages.length
        ? { changes, nextLink: `page:${String(at + 1)}` }
        : { changes, deltaLink: `now@${String(++serial)}` };
    },
    groupContents: async (id) => {
      const groups = world.nested.get(id) ?? [];
      const users = [id, ...groups].flatMap((group) => world.inside.get(group) ?? []);
      return { users: users.map(toUserId), groups };
    },
    nestedGroups: async function* (id) {
      yield world.nested.get(id) ?? [];
    },
  };
  const { policy } = readPolicyFile(memberPolicy);
  const services = {
    ...t.pipeline,
    cursors,
    quota: { ...t.pipeline.quota, ratePerSecond: () => 100 },
    directory: { ...t.pipeline.directory, ...directory },
    policy: {
      ...t.pipeline.policy,
      all: async () => world.policies.map((hash) => ({ ...policy, hash: hash as PolicyHash })),
    },
    catalogue: {
      ...t.pipeline.catalogue,
      groups: async () => ({ ids: new Map([['sales', new Set(world.roots)]]), unsure: new Map() }),
    },
  } as unknown as Services;
  const looked = () => t.sent.splice(0).flatMap((one) => (one.kind === 'hint' ? [one.hint.user.id] : []));
  const round = async (...pages: GroupDeltaPage['changes'][]) => {
    world.pages = pages;
    await walkGroupDelta(services, t.task);
    return looked();
  };
  const changed = (id: GroupId, ...members: readonly MemberChange[]) => ({ id, isDeleted: false, members });
  return { ...t, world, services, cursors, round, looked, changed };
}
