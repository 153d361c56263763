/** An ISO 8601 time as people read it: 2026-11-22 16:33:20.123, in UTC. */
export function renderTime(iso: string): string {
  return iso.replace('T', ' ').replace('Z', '');
}

/** A length of time in its largest fitting unit, at most one decimal. */
export function renderAge(ms: number): string {
  const units: readonly (readonly [number, string])[] = [
    [86_400_000, 'd'],
    [3_600_000, 'h'],
    [60_000, 'min'],
  ];
  for (const [size, unit] of units) if (ms >= size) return `${(ms / size).toFixed(1)} ${unit}`;
  return `${(Math.max(0, ms) / 1_000).toFixed(1)} s`;
}
