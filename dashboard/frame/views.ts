import type { ComponentType } from 'preact';
import { AuditView } from '../views/audit/audit-view';
import { FailuresView } from '../views/failures/failures-view';
import { StoryView } from '../views/failures/story-view';
import { OverviewView } from '../views/overview/overview-view';
import { PolicyView } from '../views/policy/policy-view';
import { MessagesView } from '../views/queue/messages-view';
import { QueueView } from '../views/queue/queue-view';
import { RolloutView } from '../views/rollouts/rollout-view';
import { RolloutsView } from '../views/rollouts/rollouts-view';
import { RunbookView } from '../views/runbook/runbook-view';
import { SeatsView } from '../views/seats/seats-view';
import { SkuView } from '../views/seats/sku-view';
import { UserView } from '../views/users/user-view';
import { UsersView } from '../views/users/users-view';
import { viewList } from './view-list';
import type { ViewTitle } from './view-list';
import type { ViewProps } from './view-props';

/** What draws each view of the list. */
const components: Readonly<Record<ViewTitle, ComponentType<ViewProps>>> = {
  Overview: OverviewView,
  Queue: QueueView,
  Messages: MessagesView,
  Failures: FailuresView,
  Failure: StoryView,
  Users: UsersView,
  User: UserView,
  'Waiting & seats': SeatsView,
  'Seats of a SKU': SkuView,
  Rollouts: RolloutsView,
  Rollout: RolloutView,
  Policy: PolicyView,
  Audit: AuditView,
  Runbook: RunbookView,
};

/** Every view with what draws it. */
export const views = viewList.map((view) => ({ ...view, component: components[view.title] }));
