import { describe } from '@jest/globals';
import { useCliWorld } from '../support/stories/cli/cli-world';
import { describeAdministratorTasks } from '../support/stories/cli/tasks';
import { describeTenantCommands } from '../support/stories/cli/tenant';
import { describeWatching } from '../support/stories/cli/watching';

describe('the CLI on the embedded cloud', () => {
  const world = useCliWorld();

  describeTenantCommands(world);
  describeAdministratorTasks(world);
  describeWatching(world);
});
