import type { Problem } from './judge/problem';
import { runScript } from './run';
import type { Script } from './script/script';

export type Shrunk = {
  readonly script: Script;
  readonly problems: readonly Problem[];
  /** Runs that it took. */
  readonly tries: number;
};

/**
 * A shorter script that still fails in the same way: faults, changes and users are left out, many at a time, then one by
 * one, for as long as the run still has a problem of the same kind.
 */
export async function shrink(
  script: Script,
  problems: readonly Problem[],
  { mostTries, run = runScript }: { readonly mostTries: number; readonly run?: typeof runScript },
): Promise<Shrunk> {
  const kinds = new Set(problems.map(({ kind }) => kind));
  let best: Shrunk = { script, problems, tries: 0 };
  let tries = 0;
  const tryOne = async (shorter: Script): Promise<boolean> => {
    if (tries >= mostTries) return false;
    tries++;
    const found = (await run(shorter)).problems.filter(({ kind }) => kinds.has(kind));
    if (found.length === 0) return false;
    best = { script: shorter, problems: found, tries };
    return true;
  };
  const lists = [
    {
      get: (one: Script) => one.faults,
      set: (one: Script, faults: Script['faults']) => ({ ...one, faults }),
    },
    {
      get: (one: Script) => one.changes,
      set: (one: Script, changes: Script['changes']) => ({ ...one, changes }),
    },
  ] as const;
  for (let before = Infinity; sizeOf(best.script) < before && tries < mostTries;) {
    before = sizeOf(best.script);
    await shrinkList(() => best.script, lists[0].get, lists[0].set, tryOne);
    await shrinkList(() => best.script, lists[1].get, lists[1].set, tryOne);
    await shrinkList(
      () => best.script,
      (one) => one.tenant.users,
      (one, users) => ({ ...one, tenant: { ...one.tenant, users } }),
      tryOne,
    );
  }
  return { ...best, tries };
}

/** Leaves out halves, then quarters, down to single items, of one list of the script. */
async function shrinkList<Item>(
  current: () => Script,
  get: (script: Script) => readonly Item[],
  set: (script: Script, items: readonly Item[]) => Script,
  tryOne: (shorter: Script) => Promise<boolean>,
): Promise<void> {
  for (
    let size = Math.ceil(get(current()).length / 2);
    size >= 1;
    size = size === 1 ? 0 : Math.ceil(size / 2)
  ) {
    for (let from = 0; from < get(current()).length;) {
      const items = get(current());
      const shorter = [...items.slice(0, from), ...items.slice(from + size)];
      if (!(await tryOne(set(current(), shorter)))) from += size;
    }
  }
}

function sizeOf({ faults, changes, tenant }: Script): number {
  return faults.length + changes.length + tenant.users.length;
}

/** The script as people read it: who is there, the policy, and what happens in order of time. */
export function describeScript({ seed, tenant, faults, changes, processes }: Script): string {
  const lines = [
    ...changes.map((change) => ({ at: change.at, text: `change ${JSON.stringify(change)}` })),
    ...faults.map((fault) => ({ at: fault.at, text: `fault  ${JSON.stringify(fault)}` })),
  ].sort((a, b) => a.at - b.at);
  return [
    `seed ${String(seed)}, processes ${processes}, ${JSON.stringify(tenant)}`,
    ...lines.map(({ at, text }) => `  ${(at / 1_000).toFixed(1)} s  ${text}`),
  ].join('\n');
}
