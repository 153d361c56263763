import { describeStoppedRollout } from '../support/stories/stopped-rollout';

describeStoppedRollout({ users: 1_000, quotaFactor: 3 });
