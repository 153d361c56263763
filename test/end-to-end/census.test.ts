import { describeFirstCensus } from '../support/stories/first-census';

describeFirstCensus({ count: 60 });
