// What a run has found, counted and as lines.
const { roomOf } = require('./mutants/draw.js');

const counts = () => ({ killed: 0, survived: 0, equivalent: 0, unjudged: 0 });

/** Share of the mutants that were found, of those that can be found and were judged; null when there are none. */
function scoreOf({ killed, survived }) {
  return killed + survived === 0 ? null : Number((killed / (killed + survived)).toFixed(4));
}

function countGroups(judged, groupOf) {
  const groups = new Map();
  for (const { mutant, verdict } of judged) {
    const name = groupOf(mutant);
    if (!groups.has(name)) groups.set(name, counts());
    groups.get(name)[verdict] += 1;
  }
  const sorted = [...groups].sort(([a], [b]) => (a < b ? -1 : 1));
  return Object.fromEntries(sorted.map(([name, one]) => [name, { ...one, score: scoreOf(one) }]));
}

/**
 * @param {{ mutant: object, verdict: 'killed' | 'survived' | 'equivalent' | 'unjudged', ran?: number, reaching?: number }[]} judged
 * @returns { killed, survived, equivalent, unjudged, score, rooms: { name: the same counts }, operators: likewise,
 * survivors }: score from 0 to
 * 1, killed / (killed + survived). unjudged: the budget was over before their turn.
 */
function countVerdicts(judged) {
  const all = counts();
  for (const { verdict } of judged) all[verdict] += 1;
  return {
    ...all,
    score: scoreOf(all),
    rooms: countGroups(judged, ({ file }) => roomOf(file)),
    operators: countGroups(judged, ({ operator }) => operator),
    survivors: judged
      .filter(({ verdict }) => verdict === 'survived')
      .map(({ mutant: { file, line, operator, was, becomes }, ran, reaching }) => ({
        ...{ file, line, operator, was, becomes, testsRun: ran, testsReaching: reaching },
      })),
  };
}

function testsInWords({ testsRun, testsReaching }) {
  if (testsReaching === 0) return 'no test reaches it';
  if (testsRun < testsReaching)
    return `passed by the ${testsRun} nearest test files of ${testsReaching} that reach it`;
  return `passed by ${testsRun === 1 ? 'the one test file that reaches' : `all ${testsRun} test files that reach`} it`;
}

/** @returns {string[]} one survivor for people: place, what stood there and what stands there now, which tests passed */
function survivorLines({ file, line, operator, was, becomes, ...tests }) {
  return [
    `survived ${file}:${line} (${operator}): ${testsInWords(tests)}`,
    `  - ${was}`,
    `  + ${becomes === '' ? '(left out)' : becomes}`,
  ];
}

const percent = (score) => (score === null ? '-' : `${(score * 100).toFixed(1)} %`);

/**
 * @param {'rooms' | 'operators'} groups
 * @returns {string[]} a table: one line a room or operator, then all
 */
function tableLines(report, groups = 'rooms') {
  const rows = [
    [groups === 'rooms' ? 'room' : 'class', 'killed', 'survived', 'equivalent', 'not judged', 'score'],
    ...[...Object.entries(report[groups]), ['all', report]].map(([name, one]) => [
      ...[name, String(one.killed), String(one.survived), String(one.equivalent), String(one.unjudged)],
      percent(one.score),
    ]),
  ];
  const widths = rows[0].map((_, column) => Math.max(...rows.map((row) => row[column].length)));
  return rows.map((row) =>
    row
      .map((cell, column) => (column === 0 ? cell.padEnd(widths[0]) : cell.padStart(widths[column])))
      .join('  '),
  );
}

module.exports = { countVerdicts, survivorLines, tableLines };
