/** Who asked for a look at a user. */
export const hintSources = [
  'notification',
  'delta',
  'operator',
  'retry',
  'census',
  'rollout',
  'deadLetter',
  'waiting',
] as const;
export type HintSource = (typeof hintSources)[number];
