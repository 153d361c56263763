/** A figure that must be reached; `met` says whether it was. */
export type Target = {
  readonly key: string;
  readonly op: '>=' | '<=';
  readonly value: number;
  readonly actual: number;
  readonly met: boolean;
  /** It is of this machine, and judged only where nothing else ran beside. Default: a ratio or a count, judged in every run. */
  readonly isAbsolute?: true;
};

/** What a benchmark measured, by key; units are part of the keys. */
export type BenchResult = {
  readonly figures: Readonly<Record<string, number>>;
  readonly targets: readonly Target[];
};

/** A target with its verdict. */
export function makeTarget(key: string, op: Target['op'], value: number, actual: number): Target {
  return { key, op, value, actual, met: op === '>=' ? actual >= value : actual <= value };
}

/** A target in seconds or the like, which a machine that is busy beside cannot judge. */
export function makeAbsoluteTarget(key: string, op: Target['op'], value: number, actual: number): Target {
  return { ...makeTarget(key, op, value, actual), isAbsolute: true };
}

/** Those that a run may judge. `counts`: nothing else ran beside it. */
export function judgedTargets(targets: readonly Target[], counts: boolean): readonly Target[] {
  return counts ? targets : targets.filter(({ isAbsolute }) => isAbsolute !== true);
}

/** All that were measured, rounded; a figure that a run could not take is left out. */
export function roundFigures(figures: Readonly<Record<string, number>>): Readonly<Record<string, number>> {
  return Object.fromEntries(
    Object.entries(figures)
      .filter(([, figure]) => !Number.isNaN(figure))
      .map(([key, figure]) => [key, roundFigure(figure)]),
  );
}

/** Three significant digits are more than a benchmark can promise. */
export function roundFigure(figure: number): number {
  return Number(figure.toPrecision(3));
}
