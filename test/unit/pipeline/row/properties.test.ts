import { describeRowProperties } from '../../../support/row/row-properties';

// test/long/row-machine.test.ts plays fifty times as many.
describeRowProperties({ numRuns: 200 });
