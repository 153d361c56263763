import type { ComponentType } from 'preact';
import { OverviewView } from '../views/overview/overview-view';
import type { ViewProps } from './view-props';
import { RunbookView } from '../views/runbook/runbook-view';

type View = {
  /** Patterns of paths that it shows, the one of its entry in the navigation first. */
  readonly patterns: readonly string[];
  readonly title: string;
  /** The letter behind `g`; undefined: it is not in the navigation. */
  readonly letter?: string;
  readonly component: ComponentType<ViewProps>;
};

/** Every view, in the order of the navigation. */
export const views: readonly View[] = [
  { patterns: ['/'], title: 'Overview', letter: 'o', component: OverviewView },
  { patterns: ['/runbook', '/runbook/:section'], title: 'Runbook', component: RunbookView },
];
