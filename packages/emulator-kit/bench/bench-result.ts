/** A figure that must be reached; `met` says whether it was. */
export type Target = {
  readonly key: string;
  readonly op: '>=' | '<=';
  readonly value: number;
  readonly actual: number;
  readonly met: boolean;
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
