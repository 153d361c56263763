import { describeStoppedRollout } from '../support/stopped-rollout';

describeStoppedRollout({ users: 150, quotaFactor: 0.5 });
