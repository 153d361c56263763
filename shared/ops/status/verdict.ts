import { weights } from './cause';
import type { Cause, VerdictName } from './cause';
import { countCauses, policyCauses, pauseCauses, queueCauses } from './causes-of-standstill';
import { sourceCauses } from './causes-of-sources';
import { knownCauses, lateCauses, partCauses } from './causes-of-users';
import type { StatusFacts } from './status-facts';

export type Verdict = {
  readonly verdict: VerdictName;
  /** ISO 8601: since when the worst cause holds; null: there is none, or its beginning is not known. */
  readonly since: string | null;
  /** The worst first. */
  readonly causes: readonly Cause[];
};

/**
 * Are users being licensed? A pure function over what is known, so that command line, doctor, health, page and webhook
 * say the same. The causes come in the order of `weights`: the worst first.
 */
export function judge(facts: StatusFacts): Verdict {
  const order = Object.keys(weights);
  // What stands in the tables is not known while they do not answer, and accuses no one.
  const ofTables =
    'problem' in facts.pauses
      ? []
      : [policyCauses, countCauses, sourceCauses, lateCauses, partCauses, knownCauses];
  const causes = [
    ...pauseCauses(facts),
    ...queueCauses(facts),
    ...ofTables.flatMap((causesOf) => causesOf(facts)),
  ].sort((a, b) => order.indexOf(a.code) - order.indexOf(b.code));
  // A cause that stops everything is certain, also where something else could not be read.
  const found = causes.map(({ code }) => weights[code]);
  const verdict = (['stopped', 'unknown', 'late', 'partly'] as const).find((one) =>
    found.includes(one as never),
  );
  if (verdict === undefined) return { verdict: 'licensing', since: null, causes };
  const worst = causes.find(({ code }) => weights[code] === verdict);
  return { verdict, since: worst?.since ?? null, causes };
}
