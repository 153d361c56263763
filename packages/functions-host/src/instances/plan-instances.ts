import { UserError } from '../../../emulator-kit/src/errors';
import { groupOf, httpGroup, nameOfGroup } from './scale-groups';

export type Instance = {
  /** The short name of its group and a number, such as `apply-3`. */
  readonly name: string;
  readonly group: string;
};

/** What runs in the process that serves HTTP: that alone, or all that `counts` does not name. */
export function frontArguments(counts: ReadonlyMap<string, number>, isEachAlone: boolean): string[] {
  return isEachAlone ? ['--group', httpGroup] : ['--without', [...counts.keys()].map(groupOf).join()];
}

const countForm = /^([A-Za-z][\w-]*)=([1-9]\d?)$/;

/**
 * `apply=8,decide=3`: how many instances a group has, by its short name.
 * @throws UserError for anything else, also for a count over 99
 */
export function parseCounts(text: string): ReadonlyMap<string, number> {
  const counts = new Map<string, number>();
  for (const part of text.split(',').filter((one) => one !== '')) {
    const [, name = '', count = ''] = countForm.exec(part) ?? [];
    if (name === '' || counts.has(name)) {
      throw new UserError('functions-host/bad-instances', `"${part}" is not a number of instances`, {
        hint: 'Write NAME=COUNT, each name once, with 1 to 99 instances: apply=8,decide=3',
      });
    }
    counts.set(name, Number(count));
  }
  return counts;
}

/**
 * The instances of an app with these groups beside the one that serves HTTP, which is one since there is no load
 * balancer in front of it here: as many as `counts` says of those it names, and one of each other if `isEachAlone`.
 * @throws UserError when `counts` names something that is no group
 */
export function planInstances(
  groups: readonly string[],
  counts: ReadonlyMap<string, number>,
  isEachAlone: boolean,
): Instance[] {
  const names = new Map(
    groups.filter((group) => group !== httpGroup).map((group) => [nameOfGroup(group), group]),
  );
  for (const [name, count] of counts) {
    if (!names.has(name)) {
      throw new UserError('functions-host/bad-instances', `"${name}=${count}" is not possible`, {
        hint: `There may be several of ${[...names.keys()].join(', ')}; http has one instance.`,
      });
    }
  }
  return [...names].flatMap(([name, group]) =>
    Array.from({ length: counts.get(name) ?? (isEachAlone ? 1 : 0) }, (_, at) => ({
      name: `${name}-${at + 1}`,
      group,
    })),
  );
}
