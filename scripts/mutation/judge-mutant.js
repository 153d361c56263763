// Whether the tests notice one mutant.

/** Beside the tests' own time: jest's start on a busy machine. */
const startMs = 60_000;
/** How much longer than without a mutant the tests may take before they count as hanging. */
const slower = 5;
const shortestTestTimeoutMs = 20_000;

/** Tests of the file itself or of what imports it, and those in a folder of its name, are likely to look at what the mutant changes. */
const nearest = 2;
function isNear({ test, distance }, { file }) {
  const folder = file.split('/').at(-2);
  return distance <= nearest || test.includes(`/${folder}/`);
}

/**
 * The tests that reach the mutant's function, near and quick ones first, until they take `mostMs` together; at least one.
 * @param {Map<string, number>} distances of `testsOf`
 * @param {(test: string) => object | undefined} reachOf current result of `measureReach`
 * @returns {{ chosen: string[], reaching: number, unknown: number, ms: number }} unknown: related tests without a result
 */
function chooseTests(mutant, distances, reachOf, mostMs) {
  const related = [...distances].map(([test, distance]) => ({ test, distance, reach: reachOf(test) }));
  const reaching = related
    .filter(({ reach }) => reach?.passed === true && reach.reached[mutant.file]?.includes(mutant.inFunction))
    .map((one) => ({ ...one, isFar: isNear(one, mutant) ? 0 : 1 }))
    .sort((a, b) => a.isFar - b.isFar || a.reach.ms - b.reach.ms);
  const chosen = [];
  let ms = 0;
  for (const { test, reach } of reaching) {
    if (chosen.length > 0 && ms + reach.ms > mostMs) continue;
    chosen.push(test);
    ms += reach.ms;
  }
  const unknown = related.filter(({ reach }) => reach === undefined).length;
  return { chosen, reaching: reaching.length, unknown, ms };
}

/** A verdict of an earlier run counts while the file is the same, and what the verdict rests on: the killer, or all tests. */
function isCurrent(before, fileDigest, chosen, digestOf) {
  if (before?.fileDigest !== fileDigest) return false;
  if (before.verdict === 'killed' && before.by !== undefined) {
    return chosen.includes(before.by) && before.tests[before.by] === digestOf(before.by);
  }
  const names = Object.keys(before.tests);
  return names.length === chosen.length && chosen.every((test) => before.tests[test] === digestOf(test));
}

/**
 * @param {object} world runJest: (run) => result; digestOf: (test) => string; distancesOf: (file) => Map; reachOf;
 * fileDigestOf: (file) => string; mutate: (mutant) => text; kept: `keptResults`; mostMs; hasTime: () => boolean, asked
 * before a run of jest
 * @returns {Promise<{ verdict: 'killed' | 'survived' | 'unjudged', by?: string, how?: string, ran: number, reaching: number }>}
 * by: the test that failed. how: 'time limit' or 'crash', where no test could say so. unjudged: no answer, nothing is kept.
 */
async function judgeMutant(world, mutant) {
  const { digestOf, kept } = world;
  const { chosen, reaching, unknown, ms } = chooseTests(
    mutant,
    world.distancesOf(mutant.file),
    world.reachOf,
    world.mostMs,
  );
  if (chosen.length === 0) {
    return { verdict: unknown > 0 ? 'unjudged' : 'survived', ran: 0, reaching: 0 };
  }
  const fileDigest = world.fileDigestOf(mutant.file);
  const before = kept.get(mutant.id);
  if (isCurrent(before, fileDigest, chosen, digestOf)) {
    const { verdict, by, how, ran } = before;
    return { verdict, by, how, ran, reaching };
  }
  if (!world.hasTime()) return { verdict: 'unjudged', ran: 0, reaching };
  const longest = Math.max(...chosen.map((test) => world.reachOf(test).ms));
  const { ended, results } = await world.runJest({
    tests: chosen,
    mutant: { file: mutant.file, text: world.mutate(mutant) },
    workers: 1,
    stopsAtFailure: true,
    testTimeoutMs: Math.max(shortestTestTimeoutMs, slower * longest),
    limitMs: startMs + slower * ms,
  });
  if (ended === 'killed') return { verdict: 'unjudged', ran: 0, reaching };
  const by = chosen.find((test) => results.get(test)?.passed === false);
  const how = ended === 'limit' ? 'time limit' : ended === 'crashed' ? 'crash' : undefined;
  const found = {
    verdict: by !== undefined || how !== undefined ? 'killed' : 'survived',
    by,
    how,
    ran: how === undefined ? results.size : chosen.length,
  };
  kept.set(mutant.id, {
    ...found,
    fileDigest,
    tests: Object.fromEntries(chosen.map((test) => [test, digestOf(test)])),
  });
  kept.save();
  return { ...found, reaching };
}

module.exports = { chooseTests, judgeMutant };
