import { describe, expect, it } from '@jest/globals';
import { UserError } from '../../../../shared/kernel/errors';
import type { GroupId, UserId } from '../../../../shared/kernel/ids';
import type { Directory } from '../../../../shared/graph/directory';
import { findNamedGroups } from '../../../../shared/pipeline/sources/named-groups';
import { readGroupRoster } from '../../../../shared/pipeline/look/group-roster';
import { loadPolicy } from '../../../../shared/policy/file/load-policy';
import type { Policy } from '../../../../shared/policy/policy';
import { userId } from '../../../support/user-states';
import type { GroupReference } from '../../../../shared/words/needs';

const group = (number: number, displayName: string): GroupReference => ({
  id: `10000000-0000-4000-8000-00000000000${number}` as GroupId,
  displayName,
});
const groups = [group(1, 'SG-Sales'), group(2, 'SG-Twin'), group(3, 'SG-Twin'), group(4, 'SG-Unnamed')];
const members: Readonly<Record<string, readonly UserId[][]>> = {
  [groups[0]?.id as string]: [[userId(1)], [], [userId(2), userId(1)]],
  [groups[1]?.id as string]: [[userId(2)]],
  [groups[2]?.id as string]: [[userId(3)]],
};

function makeDirectory() {
  const walked: string[] = [];
  return {
    walked,
    findGroups: async (reference: string) =>
      groups.filter(
        ({ id, displayName }) => id === reference || displayName.toLowerCase() === reference.toLowerCase(),
      ),
    async *groupMembers(id: string) {
      walked.push(id);
      yield* members[id] ?? [];
    },
  };
}

const policyOf = (...memberOf: string[]): Policy => {
  const rules = memberOf.map(
    (name, index) => `  - { name: r${index}, memberOf: ["${name}"], assign: [{ sku: EMS }] }`,
  );
  const { policy } = loadPolicy(`version: 1\nrules:\n${rules.join('\n')}\n`, { file: 'test' });
  return policy as Policy;
};

async function rosterOf(directory: Pick<Directory, 'findGroups' | 'groupMembers'>, policy: Policy) {
  return readGroupRoster(directory, policy, await findNamedGroups(directory, policy));
}

describe('readGroupRoster', () => {
  it('reads each group that the policy names once, and no other', async () => {
    const directory = makeDirectory();

    const roster = await rosterOf(directory, policyOf('SG-Sales', 'sg-sales', groups[0]?.id ?? ''));

    expect(directory.walked).toEqual([groups[0]?.id]);
    expect(roster.groupsOf(userId(1)).map(({ id }) => id)).toEqual([groups[0]?.id]);
    expect(roster.groupsOf(userId(9))).toEqual([]);
  });

  it('takes none of several groups of a name, and none for a name that nothing has', async () => {
    const directory = makeDirectory();

    const roster = await rosterOf(directory, policyOf('SG-Twin', 'SG-Missing'));

    expect(directory.walked).toEqual([]);
    expect(roster.groupsOf(userId(2))).toEqual([]);
    expect([...roster.named.unsure].map(([name, { kind }]) => `${name} ${kind}`)).toEqual([
      'sg-twin ambiguous',
      'sg-missing unknown',
    ]);
  });
});

describe('a group that the roster does not find', () => {
  it('is unknown by its name, not a group without members', async () => {
    const roster = await rosterOf(makeDirectory(), policyOf('SG-Sales', 'SG-Missing'));

    expect([...roster.named.unsure.keys()]).toEqual(['sg-missing']);
  });

  it('is unknown when it goes while its members are read', async () => {
    const directory = makeDirectory();
    const gone: Directory['groupMembers'] = async function* () {
      yield [userId(1)];
      throw new UserError('graph/unknown-group', 'There is no such group');
    };

    const roster = await rosterOf({ ...directory, groupMembers: gone }, policyOf('SG-Sales'));

    expect(roster.named.unsure.get('sg-sales')).toEqual({ kind: 'gone', ids: [groups[0]?.id] });
  });
});
