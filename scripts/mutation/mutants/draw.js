// Which mutants are tried.

/** Mulberry32: the same seed gives the same numbers on every machine. */
function seededRandom(seed) {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = state;
    mixed = Math.imul(mixed ^ (mixed >>> 15), mixed | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296;
  };
}

function shuffle(list, random) {
  const shuffled = [...list];
  for (let last = shuffled.length - 1; last > 0; last--) {
    const other = Math.floor(random() * (last + 1));
    [shuffled[last], shuffled[other]] = [shuffled[other], shuffled[last]];
  }
  return shuffled;
}

/** The room of a file: `shared/pipeline`, `packages/graph-emulator`, `cli`. */
function roomOf(file) {
  const parts = file.split('/');
  return ['shared', 'packages'].includes(parts[0]) && parts.length > 2 ? `${parts[0]}/${parts[1]}` : parts[0];
}

/**
 * In turn one of each room (or other group), by chance within it: a small one is not lost beside a large one, and a run that
 * is stopped early has seen all. Mutants that are not well formed are passed over.
 * @param mutants in any order of files
 * @param {{ count?: number, seed: number, isFit: (mutant: object) => boolean, groupOf?: (mutant: object) => string }} options all, when `count` is not given
 */
function drawMutants(mutants, { count = Infinity, seed, isFit, groupOf = ({ file }) => roomOf(file) }) {
  const random = seededRandom(seed);
  const rooms = new Map();
  for (const mutant of mutants) {
    const room = groupOf(mutant);
    if (!rooms.has(room)) rooms.set(room, []);
    rooms.get(room).push(mutant);
  }
  const piles = [...rooms.keys()].sort().map((room) => shuffle(rooms.get(room), random));
  const drawn = [];
  while (drawn.length < count && piles.some((pile) => pile.length > 0)) {
    for (const pile of piles) {
      let next = pile.pop();
      while (next !== undefined && !isFit(next)) next = pile.pop();
      if (next !== undefined && drawn.length < count) drawn.push(next);
    }
  }
  return drawn;
}

module.exports = { drawMutants, roomOf };
