/** Who asked for a look at a user. */
export const hintSources = [
  'notification',
  'delta',
  'auditLog',
  'operator',
  'retry',
  'census',
  'rollout',
  'deadLetter',
  'waiting',
] as const;
export type HintSource = (typeof hintSources)[number];

/** Whether it is a report of Microsoft's that something changed in the directory. */
export function isChangeSource(source: HintSource): source is 'notification' | 'delta' | 'auditLog' {
  return source === 'notification' || source === 'delta' || source === 'auditLog';
}
