import { describeStoppedRollout } from '../../support/stories/stopped-rollout';

describeStoppedRollout({ users: 150, quotaFactor: 0.4 });
