import { describeRowProperties } from '../../../support/row-properties';

// test/long/row-machine.test.ts plays ten times as many.
describeRowProperties({ numRuns: 1_000 });
