import { describe, expect, it } from '@jest/globals';
import { load } from './load';

type Run = {
  readonly tests: readonly string[];
  readonly mutant?: { readonly text: string };
  readonly limitMs: number;
};
type Ran = {
  readonly ended: 'done' | 'limit' | 'killed' | 'crashed';
  readonly results: ReadonlyMap<string, { readonly passed: boolean; readonly ms: number }>;
};
type Reach = {
  readonly passed: boolean;
  readonly ms: number;
  readonly reached: Readonly<Record<string, readonly number[]>>;
};
type Verdict = {
  readonly verdict: string;
  readonly by?: string;
  readonly how?: string;
  readonly ran: number;
};
type Kept = { get: (key: string) => unknown; set: (key: string, value: unknown) => void; save: () => void };
const { judgeMutant } = load<{ judgeMutant: (world: unknown, mutant: unknown) => Promise<Verdict> }>(
  'judge-mutant.js',
);
const { measureReach } = load<{ measureReach: (world: unknown, tests: readonly string[]) => Promise<void> }>(
  'measure-reach.js',
);
const { countVerdicts, survivorLines, tableLines } = load<{
  countVerdicts: (judged: readonly unknown[]) => {
    readonly score: number | null;
    readonly rooms: unknown;
    readonly survivors: readonly unknown[];
  };
  survivorLines: (survivor: unknown) => readonly string[];
  tableLines: (report: unknown) => readonly string[];
}>('report.js');
const { knowEquivalents, readEquivalents } = load<{
  readEquivalents: () => readonly Readonly<Record<string, string>>[];
  knowEquivalents: (entries: readonly unknown[]) => {
    reasonOf: (mutant: unknown) => string | undefined;
    stale: (mutants: readonly unknown[], files: ReadonlySet<string>) => readonly unknown[];
  };
}>('equivalents.js');

const mutant = {
  id: 'm1',
  file: 'shared/ops/a.ts',
  line: 7,
  operator: 'bound',
  was: 'a < b',
  becomes: 'a <= b',
  inFunction: 2,
};

/** A world of three tests: the near one and the far one reach the function, the third does not. */
class World {
  readonly runs: Run[] = [];
  readonly digests = new Map<string, string>();
  readonly #known = new Map<string, unknown>();
  readonly reach = new Map<string, Reach>([
    ['far', { passed: true, ms: 100, reached: { 'shared/ops/a.ts': [2] } }],
    ['near', { passed: true, ms: 100, reached: { 'shared/ops/a.ts': [0, 2] } }],
    ['other', { passed: true, ms: 1, reached: { 'shared/ops/a.ts': [0, 1] } }],
  ]);
  fileDigest = 'f1';
  mostMs = 60_000;
  hasTime = true;
  answer: (run: Run) => Ran = ({ tests }) => ran(tests.map((test) => [test, true]));

  readonly kept: Kept = {
    get: (key) => this.#known.get(key),
    set: (key, value) => void this.#known.set(key, value),
    save: () => {},
  };

  judge(): Promise<Verdict> {
    return judgeMutant(
      {
        kept: this.kept,
        mostMs: this.mostMs,
        hasTime: () => this.hasTime,
        mutate: () => 'mutated',
        fileDigestOf: () => this.fileDigest,
        digestOf: (test: string) => this.digests.get(test) ?? 'd1',
        distancesOf: () =>
          new Map([...this.reach.keys(), 'unmeasured'].map((test) => [test, test === 'near' ? 1 : 4])),
        reachOf: (test: string) => this.reach.get(test),
        runJest: async (run: Run) => {
          this.runs.push(run);
          return this.answer(run);
        },
      },
      mutant,
    );
  }
}

const ran = (results: readonly (readonly [string, boolean])[]): Ran => ({
  ended: 'done',
  results: new Map(results.map(([test, passed]) => [test, { passed, ms: 100 }])),
});
const without = (ended: Ran['ended']): Ran => ({ ended, results: new Map() });

describe('a mutant is judged', () => {
  it('survived when the tests that reach its function pass, the near ones first', async () => {
    const world = new World();

    expect(await world.judge()).toMatchObject({ verdict: 'survived', ran: 2, reaching: 2 });
    expect(world.runs).toMatchObject([{ tests: ['near', 'far'], mutant: { text: 'mutated' } }]);
  });

  it('killed by the test that fails', async () => {
    const world = new World();
    world.answer = () =>
      ran([
        ['near', true],
        ['far', false],
      ]);

    expect(await world.judge()).toMatchObject({ verdict: 'killed', by: 'far' });
  });

  it('killed when the tests hang or take the process with them', async () => {
    for (const [ended, how] of [
      ['limit', 'time limit'],
      ['crashed', 'crash'],
    ] as const) {
      const world = new World();
      world.answer = () => without(ended);

      expect(await world.judge()).toMatchObject({ verdict: 'killed', how });
    }
  });

  it('survived when no test reaches it, without a run', async () => {
    const world = new World();
    world.reach.delete('near');
    world.reach.delete('far');
    world.reach.set('unmeasured', { passed: true, ms: 1, reached: {} });

    expect(await world.judge()).toMatchObject({ verdict: 'survived', reaching: 0 });
    expect(world.runs).toEqual([]);
  });

  it('not at all when it is not known yet which tests reach it', async () => {
    const world = new World();
    world.reach.delete('near');
    world.reach.delete('far');

    expect(await world.judge()).toMatchObject({ verdict: 'unjudged' });
  });

  it('without tests that fail anyway', async () => {
    const world = new World();
    world.reach.set('near', { ...world.reach.get('near')!, passed: false });
    await world.judge();

    expect(world.runs).toMatchObject([{ tests: ['far'] }]);
  });

  it('by tests that take no longer than the limit together, at least by one', async () => {
    const world = new World();
    world.mostMs = 150;
    expect(await world.judge()).toMatchObject({ verdict: 'survived', ran: 1, reaching: 2 });

    world.mostMs = 1;
    await world.judge();
    expect(world.runs.at(-1)?.tests).toEqual(['near']);
  });
});

describe('what is kept of a mutant', () => {
  it('is not judged again', async () => {
    const world = new World();
    const first = await world.judge();

    expect(await world.judge()).toMatchObject(first);
    expect(world.runs).toHaveLength(1);
  });

  it('counts also when the time is over, and nothing is judged then', async () => {
    const world = new World();
    const first = await world.judge();
    world.hasTime = false;
    expect(await world.judge()).toMatchObject(first);

    world.fileDigest = 'f2';
    expect(await world.judge()).toMatchObject({ verdict: 'unjudged' });
    expect(world.runs).toHaveLength(1);
  });

  it('is judged again after its file, or a test that passed, has changed', async () => {
    const world = new World();
    await world.judge();
    world.digests.set('far', 'd2');
    await world.judge();
    world.fileDigest = 'f2';
    await world.judge();

    expect(world.runs).toHaveLength(3);
  });

  it('is judged again after a test has come that reaches it', async () => {
    const world = new World();
    await world.judge();
    world.reach.set('new', { passed: true, ms: 1, reached: { 'shared/ops/a.ts': [2] } });
    world.answer = () => ran([['new', false]]);

    expect(await world.judge()).toMatchObject({ verdict: 'killed', by: 'new' });
  });

  it('stays killed whatever happens to tests that did not find it', async () => {
    const world = new World();
    world.answer = () => ran([['near', false]]);
    await world.judge();
    world.digests.set('far', 'd2');
    await world.judge();
    expect(world.runs).toHaveLength(1);

    world.digests.set('near', 'd2');
    await world.judge();
    expect(world.runs).toHaveLength(2);
  });

  it('is nothing of a run that was killed from outside', async () => {
    const world = new World();
    world.answer = () => without('killed');
    expect(await world.judge()).toMatchObject({ verdict: 'unjudged' });

    world.answer = () => ran([['near', false]]);
    expect(await world.judge()).toMatchObject({ verdict: 'killed' });
  });
});

describe('what the tests reach', () => {
  const measure = async (world: World, answer: Ran, options: { hasTime?: boolean } = {}) => {
    const log: string[] = [];
    const runs: Run[] = [];
    await measureReach(
      {
        runJest: async (run: Run) => {
          runs.push(run);
          return answer;
        },
        digestOf: (test: string) => world.digests.get(test) ?? 'd1',
        kept: world.kept,
        workers: 1,
        hasTime: () => options.hasTime ?? true,
        log: (line: string) => log.push(line),
      },
      ['near', 'far'],
    );
    return { runs: runs.map(({ tests }) => tests), log };
  };

  it('is asked once, and again of a test that has changed or failed', async () => {
    const world = new World();
    expect(
      await measure(
        world,
        ran([
          ['near', true],
          ['far', false],
        ]),
      ),
    ).toEqual({
      runs: [['near', 'far']],
      log: [expect.any(String), 'Not used, because it fails without a mutant: far'],
    });
    expect((await measure(world, ran([['far', true]]))).runs).toEqual([['far']]);
    expect((await measure(world, ran([]))).runs).toEqual([]);

    world.digests.set('near', 'd2');
    expect((await measure(world, ran([['near', true]]))).runs).toEqual([['near']]);
  });

  it('is left open when there is no time, or when the run was killed', async () => {
    const world = new World();
    expect((await measure(world, ran([]), { hasTime: false })).runs).toEqual([]);
    await measure(world, without('killed'));

    expect(world.kept.get('near')).toBeUndefined();
  });

  it('is an error of the run when jest gives nothing of unchanged sources', async () => {
    await expect(measure(new World(), without('crashed'))).rejects.toThrow('jest has no results');
  });
});

describe('the report', () => {
  const judged = [
    { mutant, verdict: 'killed' },
    { mutant, verdict: 'killed' },
    { mutant, verdict: 'survived', ran: 2, reaching: 5 },
    { mutant: { ...mutant, file: 'shared/queue/b.ts' }, verdict: 'equivalent' },
    { mutant: { ...mutant, file: 'shared/queue/b.ts' }, verdict: 'unjudged' },
  ];

  it('counts by room; equivalents and what was not judged are no part of the score', () => {
    expect(countVerdicts(judged)).toMatchObject({
      ...{ killed: 2, survived: 1, equivalent: 1, unjudged: 1, score: 0.6667 },
      rooms: {
        'shared/ops': { killed: 2, survived: 1, equivalent: 0, unjudged: 0, score: 0.6667 },
        'shared/queue': { killed: 0, survived: 0, equivalent: 1, unjudged: 1, score: null },
      },
    });
  });

  it('names survivors by place and line', () => {
    const { survivors } = countVerdicts(judged);

    expect(survivors.flatMap(survivorLines)).toEqual([
      'survived shared/ops/a.ts:7 (bound): passed by the 2 nearest test files of 5 that reach it',
      '  - a < b',
      '  + a <= b',
    ]);
    expect(tableLines(countVerdicts(judged)).at(-1)).toMatch(/^all +2 +1 +1 +1 +66\.7 %$/);
  });
});

describe('equivalents', () => {
  const entry = { file: 'shared/ops/a.ts', was: 'a < b', becomes: 'a <= b', reason: 'a is never b' };

  it('are known by file and lines, and stale when no mutant is like that', () => {
    const { reasonOf, stale } = knowEquivalents([entry]);

    expect([reasonOf(mutant), reasonOf({ ...mutant, becomes: 'a > b' })]).toEqual([
      'a is never b',
      undefined,
    ]);
    expect(stale([mutant], new Set([mutant.file]))).toEqual([]);
    expect(stale([], new Set([mutant.file]))).toEqual([entry]);
    expect(stale([], new Set(['shared/ops/b.ts']))).toEqual([]);
  });

  it('each have a reason', () => {
    for (const { file, was, becomes, reason } of readEquivalents()) {
      expect([file, was, typeof becomes]).toEqual([expect.any(String), expect.any(String), 'string']);
      expect(reason?.length).toBeGreaterThan(20);
    }
  });
});
