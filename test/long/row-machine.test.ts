import { describeRowProperties } from '../support/row/row-properties';

describeRowProperties({ numRuns: 10_000 });
