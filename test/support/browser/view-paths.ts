/** Every view that can be opened without naming a user or a rollout. */
export const viewPaths = [
  '',
  'queue',
  'queue/directory-changes/active',
  'queue/license-changes/dead',
  'failures',
  'failures?state=dismissed',
  'failures/class/seats',
  'users',
  'seats',
  'rollouts',
  'policy',
  'audit',
  'runbook',
  'nowhere',
];
