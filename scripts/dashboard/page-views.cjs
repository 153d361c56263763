// The views of the ops page as the pictures and the browser tests open them; a test compares them with the page's own list.

/** Views that can be opened without naming a user or a rollout: name of the picture, and path. */
const fixedViews = {
  overview: '',
  queue: 'queue',
  messages: 'queue/directory-changes/active',
  'dead-letters': 'queue/directory-changes/dead',
  failures: 'failures',
  'failures-of-a-class': 'failures/class/seats',
  'failures-dismissed': 'failures?state=dismissed',
  users: 'users',
  'users-waiting': 'users?kind=waiting',
  seats: 'seats',
  rollouts: 'rollouts',
  policy: 'policy',
  audit: 'audit',
  runbook: 'runbook/seats%2Fout',
  'whole-runbook': 'runbook',
  'no-such-view': 'nowhere',
  'no-such-user': 'users/00000000-0000-4000-8000-000000000000',
};

/** Views of one thing: the pattern of the page, and where a link to one is found. */
const foundViews = {
  user: { pattern: '/users/:id', at: 'users?kind=waiting', link: 'a[href*="/users/"]' },
  failure: { pattern: '/failures/:subject', at: 'failures', link: 'td a[href*="/failures/"]' },
  sku: { pattern: '/seats/:sku', at: 'seats', link: 'td a[href*="/seats/"]' },
  rollout: { pattern: '/rollouts/:id', at: 'rollouts', link: 'td a[href*="/rollouts/"]' },
  'another-policy': { pattern: '/policy/:hash', at: 'policy', link: 'td a[href*="/policy/"]' },
};

module.exports = { fixedViews, foundViews };
