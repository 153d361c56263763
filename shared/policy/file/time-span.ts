const unitMs: Readonly<Record<string, number>> = {
  s: 1000,
  m: 60_000,
  h: 3_600_000,
  d: 86_400_000,
  w: 604_800_000,
};

/** `30d`, `12h`, `2w`, `90m`, `45s` or `0` in milliseconds; undefined when it is none of these. */
export function parseSpan(text: string): number | undefined {
  if (text === '0') return 0;
  const match = /^(\d{1,6})([smhdw])$/.exec(text);
  const unit = match?.[2] === undefined ? undefined : unitMs[match[2]];
  return unit === undefined ? undefined : Number(match?.[1]) * unit;
}
