import { describeRowProperties } from '../support/row-properties';

describeRowProperties({ numRuns: 10_000 });
