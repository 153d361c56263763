import type { UserSimulation } from './user-simulation';

/** What is not as the policy says, once all is calm; empty: all is well. */
export function problemsOf({ user, state, failures }: UserSimulation): readonly string[] {
  return [
    ...(user.isLicensed === user.isEntitled
      ? []
      : [`entitled: ${String(user.isEntitled)}, licensed: ${String(user.isLicensed)}`]),
    ...(state?.outcome ? [] : ['no outcome']),
    ...(state?.intent ? ['a write is still open'] : []),
    ...failures.map((failure) => `a failure: ${JSON.stringify(failure)}`),
  ];
}

/** What is wrong in the first simulation that does not end well, with its story; undefined: all do. */
export async function findMissed(
  firstSeed: number,
  count: number,
  simulate: (seed: number) => Promise<{ readonly problems: readonly string[]; readonly story: string }>,
): Promise<string | undefined> {
  for (let seed = firstSeed; seed < firstSeed + count; seed++) {
    const { problems, story } = await simulate(seed);
    if (problems.length > 0) return [`Seed ${String(seed)}: ${problems.join('; ')}`, story].join('\n');
  }
  return undefined;
}
