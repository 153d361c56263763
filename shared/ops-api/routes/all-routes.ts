import type { AnyRoute } from '../route';
import * as failures from './failures';
import * as history from './history';
import { me } from './me';
import * as overview from './overview';
import * as plans from './plans';
import * as policies from './policies';
import * as queues from './queues';
import * as requests from './requests';
import * as rollouts from './rollouts';
import * as rows from './rows';
import { showStatus } from './status';
import * as tenant from './tenant';
import * as users from './users';

const { approvalRoutes, ...ofRequests } = requests;

export const approvals = approvalRoutes(() => routes);

/** Every route of the ops API. One with a fixed path stands before one with a parameter in the same place. */
export const routes: readonly AnyRoute[] = [
  me,
  showStatus,
  ...Object.values(overview),
  ...Object.values(history),
  ...Object.values(queues),
  ...Object.values(failures),
  ...Object.values(users),
  ...Object.values(rollouts),
  ...Object.values(policies),
  ...Object.values(plans),
  ...Object.values(tenant),
  ...Object.values(rows),
  ...Object.values(ofRequests),
  ...Object.values(approvals),
];
