import type { GraphErrorClass } from '../../words/reason-codes/graph-error-class';

export type ClassFacts = {
  /** What Graph says with it. */
  readonly meaning: string;
  /** What the product does then. */
  readonly whatHappens: string;
  /** What a person does about it; shown beside a failure. */
  readonly todo: string;
  /** The product tries again by itself. */
  readonly retried: boolean;
  /** A read that meets it is sent again at once, inside the call. */
  readonly isPassing: boolean;
  /** Users can end as failures of this class; it is then also a label of the failures metric. */
  readonly becomesFailure: boolean;
};

const nothingTodo = 'Nothing; it passes by itself.';
const noFailure = { isPassing: false, becomesFailure: false } as const;

/**
 * What a class of Graph's refusals means for the product and for people: one row a class. Metrics, failures and
 * `licenser graph-error` read this table, and nothing else knows the list.
 * Sources: https://learn.microsoft.com/graph/errors,
 * https://learn.microsoft.com/entra/fundamentals/licensing-groups-resolve-problems
 */
export const graphErrorFacts: { readonly [Class in GraphErrorClass]: ClassFacts } = {
  throttled: {
    meaning: 'Too many requests; Graph names a time after which to ask again. Nothing was changed.',
    whatHappens: 'Everybody waits until then, and writes go on at a lower rate. It counts as no attempt.',
    todo: nothingTodo,
    retried: true,
    isPassing: true,
    becomesFailure: false,
  },
  concurrency: {
    meaning: 'Another change to the tenant or the user is under way. Nothing was changed.',
    whatHappens: 'The write is repeated after a short wait, at a lower rate for everybody.',
    todo: nothingTodo,
    retried: true,
    isPassing: true,
    becomesFailure: false,
  },
  unavailable: {
    meaning: 'Graph is down, too slow, or its answer cannot be read. Nothing was changed.',
    whatHappens:
      'Reads are repeated for up to a minute; after that the user is looked at again, for as long as it takes.',
    todo: 'Nothing, unless it goes on for hours: then look at the Microsoft 365 service health.',
    retried: true,
    isPassing: true,
    becomesFailure: false,
  },
  ambiguous: {
    meaning: 'The request was sent and no answer came: it may have been carried out.',
    whatHappens: 'The user is read again before anything else is decided.',
    todo: nothingTodo,
    retried: true,
    ...noFailure,
  },
  gone: {
    meaning: 'Graph does not know the object: not yet, or not any more.',
    whatHappens: 'It is looked for again for 10 minutes; after that the user counts as deleted.',
    todo: nothingTodo,
    retried: true,
    ...noFailure,
  },
  seats: {
    meaning: 'The SKU has no free seat.',
    whatHappens: 'The user goes on the waiting list and gets the next seat by priority.',
    todo: 'Buy seats or free some: `licenser waiting list`.',
    retried: true,
    ...noFailure,
  },
  usageLocation: {
    meaning: 'The usage location is missing, not valid, or has not reached the licensing service yet.',
    whatHappens: 'The user is looked at again after 3 seconds, up to 15 times.',
    todo: 'Check the usage location in Entra; Graph kept refusing it. Then run `licenser apply --user`.',
    retried: true,
    isPassing: false,
    becomesFailure: true,
  },
  prohibitedLocation: {
    meaning: 'A service of the SKU may not be used in the user’s country.',
    whatHappens: 'The user is blocked until the user or the policy changes.',
    todo: 'Switch the service off for that country in the policy, or correct the usage location.',
    retried: false,
    ...noFailure,
  },
  conflict: {
    meaning: 'Two service plans exclude each other.',
    whatHappens:
      'The pair is remembered and the user decided again; without another way the user is blocked.',
    todo: 'Switch one of the plans off in the policy, or list the SKUs as exclusive.',
    retried: false,
    ...noFailure,
  },
  dependency: {
    meaning: 'A service plan needs another one that the user does not have.',
    whatHappens:
      'The dependency is remembered and the user decided again; without another way the user is blocked.',
    todo: 'Switch the plan off in the policy, or grant what it needs.',
    retried: false,
    ...noFailure,
  },
  uniqueness: {
    meaning: 'A mail address of the user belongs to another object already.',
    whatHappens: 'The user is blocked until the user or the policy changes.',
    todo: 'Remove the duplicate address in Exchange or in the directory that the user is synced from.',
    retried: false,
    ...noFailure,
  },
  inherited: {
    meaning: 'The license comes from a group and cannot be changed on the user.',
    whatHappens: 'The license stays; the user is blocked until the user or the policy changes.',
    todo: 'Take the user out of the group, or change the group’s license.',
    retried: false,
    ...noFailure,
  },
  notHeld: {
    meaning: 'The license to be removed is not held: as good as done.',
    whatHappens: 'The user is read and decided again.',
    todo: nothingTodo,
    retried: true,
    ...noFailure,
  },
  configuration: {
    meaning: 'The tenant does not have this SKU or plan, or it cannot be assigned to users.',
    whatHappens:
      'Writes of the SKU pause and are tried once a minute; when others get it, the user is a failure.',
    todo: 'Others get this SKU: correct what the policy says of its plans for this user, then run `licenser apply --user`.',
    retried: true,
    isPassing: false,
    becomesFailure: true,
  },
  ownTrouble: {
    meaning:
      'This one object cannot be changed by the app: it is mastered elsewhere, or in a restricted management unit.',
    whatHappens:
      'The user is blocked with this reason; others go on. A change of the user brings a new look.',
    todo: 'Change it where the user is mastered, or take the user out of the restricted management unit.',
    retried: false,
    ...noFailure,
  },
  permission: {
    meaning: 'The app lacks a permission, or its token is not valid.',
    whatHappens:
      'Work of this kind pauses and is tried once a minute; when others are served, only this user waits.',
    todo:
      'Others are served, so it is this user alone: see whether they are in a restricted management unit of Entra ' +
      '(docs/permissions.md). It is tried again every few minutes.',
    retried: true,
    isPassing: false,
    becomesFailure: true,
  },
  withheld: {
    meaning: 'Graph answered but left out what the app may not see, such as the names of groups.',
    whatHappens: 'Nothing is decided. Looks pause, and go on by themselves once the permission is granted.',
    todo: 'Grant the permission that the text names (docs/permissions.md).',
    retried: true,
    ...noFailure,
  },
  subscriptionExists: {
    meaning: 'A subscription for the same changes exists already.',
    whatHappens: 'The existing one is taken over and pointed at this app.',
    todo: nothingTodo,
    retried: true,
    ...noFailure,
  },
  syncStateLost: {
    meaning: 'Graph no longer knows the stored place in the list of changes.',
    whatHappens: 'Following changes starts over at once, and every user is looked at.',
    todo: 'Nothing of this user: run `licenser apply --user`; if it comes back, report it.',
    retried: true,
    isPassing: false,
    becomesFailure: true,
  },
  badRequest: {
    meaning: 'Graph cannot read the request.',
    whatHappens:
      'The same request would be refused again: the user is a failure until the user or the policy changes.',
    todo: 'A fault of the product: report it with the Graph request id.',
    retried: false,
    isPassing: false,
    becomesFailure: true,
  },
  unknown: {
    meaning: 'A refusal that the product does not know; its words are kept.',
    whatHappens:
      'The user is looked at again, at growing intervals, and becomes a failure after several refusals.',
    todo: 'Read what Graph said; when the cause is gone, run `licenser apply --user`.',
    retried: true,
    isPassing: false,
    becomesFailure: true,
  },
};

/** Every class, also the label of the refusals metric. */
export const graphErrorClasses = Object.keys(graphErrorFacts) as readonly GraphErrorClass[];

/** What an operator does about a failure, by its class: those classes that users can end as. */
export const graphRepairs: ReadonlyMap<string, string> = new Map(
  graphErrorClasses
    .filter((name) => graphErrorFacts[name].becomesFailure)
    .map((name) => [name, graphErrorFacts[name].todo]),
);
