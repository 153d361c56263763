import { describeStoppedRollout } from '../support/stopped-rollout';

describeStoppedRollout({ users: 1_000, quotaFactor: 3 });
