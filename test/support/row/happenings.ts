import fc from 'fast-check';
import { graphErrorClasses } from '../../../shared/graph/refusals/graph-error-classes';
import type { Heard, Refusal } from '../../../shared/pipeline/row/events';

const second = 1_000;

/** What a look finds of the user, whatever the row says: the world is the same for every worker that looks. */
export type World = {
  readonly state: 'entitled' | 'licensed' | 'legal' | 'waiting' | 'grace';
  readonly digest: string;
  readonly usesGroups: boolean;
  readonly isOverridden: boolean;
  /** Milliseconds after the look, for a date in the decision. */
  readonly dateInMs: number;
};

export const worlds: fc.Arbitrary<World> = fc.record({
  state: fc.constantFrom('entitled', 'licensed', 'legal', 'waiting', 'grace'),
  digest: fc.constantFrom('d1', 'd2', 'd3'),
  usesGroups: fc.boolean(),
  isOverridden: fc.boolean(),
  dateInMs: fc.integer({ min: 1, max: 30 * 86_400 * second }),
});

/** One thing that happens, before it is known what the row says by then. */
export type Happening = {
  readonly afterMs: number;
  readonly kind:
    | 'hint'
    | 'apply'
    | 'write'
    | 'refuseWrite'
    | 'beginWrite'
    | 'writeLate'
    | 'refuseRead'
    | 'pause'
    | 'missing'
    | 'release'
    | 'drop'
    | 'giveUp'
    | 'except'
    | 'verify';
  readonly source: Heard['source'];
  /** The message is the one that the row waits for. */
  readonly isScheduled: boolean;
  readonly heardBeforeMs: number;
  readonly refusal: Refusal['class'];
  readonly isRepeated: boolean;
  readonly isSuspect: boolean;
  readonly hasGoneUnanswered: boolean;
  readonly world: World;
};

export const happenings: fc.Arbitrary<Happening> = fc.record({
  afterMs: fc.oneof(
    fc.integer({ min: 0, max: 20 * second }),
    fc.integer({ min: 0, max: 400 * second }),
    fc.integer({ min: 0, max: 86_400 * second }),
  ),
  kind: fc.constantFrom(
    'hint',
    'hint',
    'hint',
    'apply',
    'write',
    'refuseWrite',
    'beginWrite',
    'writeLate',
    'refuseRead',
    'pause',
    'missing',
    'release',
    'drop',
    'giveUp',
    'except',
    'verify',
  ),
  source: fc.constantFrom('notification', 'delta', 'operator', 'census', 'retry', 'waiting', 'deadLetter'),
  isScheduled: fc.boolean(),
  heardBeforeMs: fc.integer({ min: 0, max: 30 * second }),
  refusal: fc.constantFrom(...graphErrorClasses),
  isRepeated: fc.boolean(),
  isSuspect: fc.boolean(),
  hasGoneUnanswered: fc.boolean(),
  world: worlds,
});
