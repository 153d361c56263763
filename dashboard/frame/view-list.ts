type ListedView = {
  /** Patterns of paths that it shows, the one of its entry in the navigation first. */
  readonly patterns: readonly string[];
  readonly title: string;
  /** The letter behind `g`; undefined: it is not in the navigation. */
  readonly letter?: string;
};

const list = [
  { patterns: ['/'], title: 'Overview', letter: 'o' },
  { patterns: ['/queue'], title: 'Queue', letter: 'q' },
  { patterns: ['/queue/:queue/:state'], title: 'Messages' },
  { patterns: ['/failures', '/failures/class/:class'], title: 'Failures', letter: 'f' },
  { patterns: ['/failures/:subject'], title: 'Failure' },
  { patterns: ['/users'], title: 'Users', letter: 'u' },
  { patterns: ['/users/:id'], title: 'User' },
  { patterns: ['/seats'], title: 'Waiting & seats', letter: 'w' },
  { patterns: ['/seats/:sku'], title: 'Seats of a SKU' },
  { patterns: ['/rollouts'], title: 'Rollouts', letter: 'r' },
  { patterns: ['/rollouts/:id'], title: 'Rollout' },
  { patterns: ['/policy', '/policy/:hash'], title: 'Policy', letter: 'p' },
  { patterns: ['/audit'], title: 'Audit', letter: 'a' },
  { patterns: ['/runbook', '/runbook/:section'], title: 'Runbook' },
] as const satisfies readonly ListedView[];

export type ViewTitle = (typeof list)[number]['title'];

/**
 * Every view without what draws it, in the order of the navigation. The tests that look at every view, and the pictures,
 * go by this list.
 */
export const viewList: readonly (ListedView & { readonly title: ViewTitle })[] = list;
