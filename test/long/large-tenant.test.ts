import { describeLargeTenant } from '../support/stories/large-tenant';

describeLargeTenant({ users: 5_000, messages: 100_000, deadLetters: 5_000, failures: 1_000 });
