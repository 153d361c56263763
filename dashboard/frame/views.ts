import type { ComponentType } from 'preact';
import { FailuresView } from '../views/failures/failures-view';
import { StoryView } from '../views/failures/story-view';
import { OverviewView } from '../views/overview/overview-view';
import type { ViewProps } from './view-props';
import { MessagesView } from '../views/queue/messages-view';
import { QueueView } from '../views/queue/queue-view';
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
  { patterns: ['/queue'], title: 'Queue', letter: 'q', component: QueueView },
  { patterns: ['/queue/:queue/:state'], title: 'Messages', component: MessagesView },
  {
    patterns: ['/failures', '/failures/class/:class'],
    title: 'Failures',
    letter: 'f',
    component: FailuresView,
  },
  { patterns: ['/failures/:subject'], title: 'Failure', component: StoryView },
  { patterns: ['/runbook', '/runbook/:section'], title: 'Runbook', component: RunbookView },
];
