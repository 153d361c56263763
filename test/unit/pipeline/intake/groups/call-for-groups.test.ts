import { beforeEach, describe, expect, it } from '@jest/globals';
import { toGroupId } from '../../../../../shared/kernel/ids';
import { timing } from '../../../../../shared/kernel/timing';
import { areFollowed } from '../../../../../shared/pipeline/intake/groups/are-followed';
import { makeGroupCalls } from '../../../../../shared/pipeline/intake/groups/call-for-groups';
import {
  groupPositionRow,
  writeGroupPosition,
} from '../../../../../shared/pipeline/intake/groups/group-position';
import type { GroupPosition } from '../../../../../shared/pipeline/intake/groups/group-position';
import { GroupTree } from '../../../../../shared/pipeline/intake/groups/group-tree';
import { ManualClock } from '../../../../support/manual-clock';
import { makeMemoryCursors } from '../../../../support/memory/memory-cursors';

const { groupCall, groupCallAgain, groupCallLag, followedGroupsKept } = timing.intake;
const ids = [1, 2, 3].map((number) => toGroupId(`aaaaaaaa-0000-4000-8000-00000000000${String(number)}`));
const [root, nested, other] = ids as [(typeof ids)[0], (typeof ids)[0], (typeof ids)[0]];

let clock: ManualClock;
beforeEach(() => {
  clock = new ManualClock(1_000_000);
});

describe('runs of following groups after notifications', () => {
  let due: number[];
  let call: () => Promise<void>;
  beforeEach(() => {
    due = [];
    const calls = makeGroupCalls(async (at) => void due.push(at));
    call = () => calls({ clock }, () => undefined);
  });

  it('come soon, and once more for a delta that is behind', async () => {
    await call();

    expect(due).toEqual([clock.now() + groupCall.ms, clock.now() + groupCallAgain.ms]);
  });

  it('come after every notification, soon and later, however close they are, and few they are', async () => {
    const told: number[] = [];
    for (let number = 0; number < 600; number++) {
      told.push(clock.now());
      await call();
      clock.advance(50);
    }

    for (const at of told) {
      expect(due.some((run) => run >= at && run <= at + groupCall.ms)).toBe(true);
      expect(due.some((run) => run >= at + groupCallLag.ms && run <= at + groupCallAgain.ms)).toBe(true);
    }
    // 30 s.
    expect(due.length).toBeLessThan(70);
  });

  it('are asked for again where the message could not be sent', async () => {
    const errors: Error[] = [];
    let isAway = true;
    const calls = makeGroupCalls(async (at) => {
      if (isAway) throw new Error('away');
      due.push(at);
    });
    await calls({ clock }, (error) => errors.push(error));
    isAway = false;
    await calls({ clock }, (error) => errors.push(error));

    expect(errors).toHaveLength(1);
    expect(due).toHaveLength(2);
  });
});

describe('areFollowed', () => {
  const position = (change: Partial<GroupPosition> = {}): string =>
    writeGroupPosition({
      link: 'https://graph/delta',
      policies: [],
      roots: [root],
      every: false,
      nestedAt: 1,
      deleted: [],
      pending: [],
      isPartial: false,
      ...change,
    });
  const set = async (value: string | undefined) => {
    const cursors = makeMemoryCursors(() => clock.now());
    if (value !== undefined)
      await cursors.commit(groupPositionRow, await cursors.read(groupPositionRow), value);
    const tree = await GroupTree.read(cursors);
    tree.add(nested, clock.now());
    await tree.store();
    return { clock, cursors };
  };

  it('is true of a named group and of one nested in it, and of no other', async () => {
    const services = await set(position());

    const answers = await Promise.all(ids.map((id) => areFollowed(services, new Set([id]))));

    expect(answers).toEqual([true, true, false]);
    expect(await areFollowed(services, new Set([other, nested]))).toBe(true);
  });

  it.each([
    ['every group, where a rule looks at any', position({ every: true }), true],
    ['no group, where no policy names one', position({ link: null, roots: [] }), false],
    ['no group before the first round', undefined, false],
    ['every group, where the position cannot be read', 'damaged', true],
  ])('is true of %s', async (_what, value, expected) => {
    expect(await areFollowed(await set(value), new Set([other]))).toBe(expected);
  });

  it('is true of everything while the tables are away', async () => {
    const cursors = { ...makeMemoryCursors(() => 0), read: () => Promise.reject(new Error('away')) };

    expect(await areFollowed({ clock, cursors }, new Set([other]))).toBe(true);
  });

  it('reads two rows in half a minute', async () => {
    const services = await set(position());
    let reads = 0;
    const read = services.cursors.read.bind(services.cursors);
    Object.assign(services.cursors, {
      read: (name: string) => {
        reads++;
        return read(name);
      },
    });

    for (let call = 0; call < 10; call++) await areFollowed(services, new Set([root]));
    expect(reads).toBe(2);
    clock.advance(followedGroupsKept.ms);
    await areFollowed(services, new Set([root]));

    expect(reads).toBe(4);
  });
});
