import { describeLargeTenant } from '../support/stories/large-tenant';

// As in test/long, where there are 100,000 messages: paging and the limits of an answer begin far below.
describeLargeTenant({ users: 400, messages: 2_500, deadLetters: 300, failures: 120 });
