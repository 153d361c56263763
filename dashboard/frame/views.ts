import type { ComponentType } from 'preact';
import { FailuresView } from '../views/failures/failures-view';
import { StoryView } from '../views/failures/story-view';
import { AuditView } from '../views/audit/audit-view';
import { OverviewView } from '../views/overview/overview-view';
import type { ViewProps } from './view-props';
import { PolicyView } from '../views/policy/policy-view';
import { MessagesView } from '../views/queue/messages-view';
import { QueueView } from '../views/queue/queue-view';
import { RolloutView } from '../views/rollouts/rollout-view';
import { RolloutsView } from '../views/rollouts/rollouts-view';
import { SkuView } from '../views/seats/sku-view';
import { SeatsView } from '../views/seats/seats-view';
import { UserView } from '../views/users/user-view';
import { UsersView } from '../views/users/users-view';
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
  { patterns: ['/users'], title: 'Users', letter: 'u', component: UsersView },
  { patterns: ['/users/:id'], title: 'User', component: UserView },
  { patterns: ['/seats'], title: 'Waiting & seats', letter: 'w', component: SeatsView },
  { patterns: ['/seats/:sku'], title: 'Seats of a SKU', component: SkuView },
  { patterns: ['/rollouts'], title: 'Rollouts', letter: 'r', component: RolloutsView },
  { patterns: ['/rollouts/:id'], title: 'Rollout', component: RolloutView },
  { patterns: ['/policy', '/policy/:hash'], title: 'Policy', letter: 'p', component: PolicyView },
  { patterns: ['/audit'], title: 'Audit', letter: 'a', component: AuditView },
  { patterns: ['/runbook', '/runbook/:section'], title: 'Runbook', component: RunbookView },
];
