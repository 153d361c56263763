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
  'users?kind=waiting',
  'seats',
  // EMS: https://learn.microsoft.com/entra/identity/users/licensing-service-plan-reference
  'seats/efccb6f7-5641-4e0e-bd10-b4976e1bf68e',
  'rollouts',
  'policy',
  'audit',
  'runbook',
  'nowhere',
];
