import type { Answer } from '../../api/routes';

export type Overview = Answer<'overview.overview'>;

/** Why a part is missing; undefined: it is there. */
export function missingPart({ missing }: Overview, ...names: readonly string[]): string | undefined {
  return missing.find(({ part }) => names.includes(part))?.why;
}

/** The values of a series, or unknown ones when the samples do not have it yet. */
export function valuesOf(
  { at, series }: NonNullable<Overview['charts']>['lastHour'],
  name: string,
  scale = 1,
): readonly (number | null)[] {
  const values = series[name];
  return at.map((_time, index) => {
    const value = values?.[index] ?? null;
    return value === null ? null : Math.round(value * scale * 10) / 10;
  });
}
