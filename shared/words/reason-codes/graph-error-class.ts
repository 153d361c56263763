/**
 * What a refusal of Graph's is. A new class is a new member; the compiler then asks for its facts
 * (shared/graph/refusals/graph-error-classes.ts) and for what follows (shared/pipeline/row/refused.ts).
 */
export type GraphErrorClass =
  | 'throttled'
  | 'concurrency'
  | 'unavailable'
  | 'ambiguous'
  | 'gone'
  | 'seats'
  | 'usageLocation'
  | 'prohibitedLocation'
  | 'conflict'
  | 'dependency'
  | 'uniqueness'
  | 'inherited'
  | 'notHeld'
  | 'configuration'
  | 'ownTrouble'
  | 'permission'
  | 'withheld'
  | 'subscriptionExists'
  | 'syncStateLost'
  | 'badRequest'
  | 'unknown';
