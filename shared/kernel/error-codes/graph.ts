/**
 * What a refusal of Microsoft Graph is, one row a class. A new class is a new row; the compiler then asks for what it
 * means to people (shared/graph/refusals/graph-error-classes.ts) and for what follows (shared/pipeline/row/refused.ts).
 */
export const graphRefusals = {
  'graph/ambiguous': 'The request was sent and no answer came: it may have been carried out.',
  'graph/badRequest': 'Graph calls the request itself wrong.',
  'graph/concurrency': 'Another change to the tenant or the user was under way.',
  'graph/configuration': 'The tenant or the app is not set up for this request.',
  'graph/conflict': 'Service plans of the licenses exclude each other.',
  'graph/dependency': 'A service plan needs another one that the user would not have.',
  'graph/gone': 'Graph does not find the user, or what was asked for.',
  'graph/inherited': 'The license comes from a group and cannot be changed for the user alone.',
  'graph/notHeld': 'The license that was to be removed is not held any more.',
  'graph/ownTrouble': "Graph refused the write for a reason in this user's own data.",
  'graph/permission': 'The app lacks a permission, or its consent.',
  'graph/prohibitedLocation': 'The license may not be used in the country of the user.',
  'graph/seats': 'The SKU has no free seat.',
  'graph/subscriptionExists': 'There is a subscription for the same changes already.',
  'graph/syncStateLost': 'The position in the list of changes has expired; reading starts anew.',
  'graph/throttled': 'Too many requests; Graph names a time after which to ask again.',
  'graph/unavailable': 'Graph is down, too slow, or its answer cannot be read.',
  'graph/uniqueness': 'A service plan would be held twice by different licenses.',
  'graph/unknown': 'Graph refused with a text that the product does not know.',
  'graph/usageLocation': 'The user has no usage location, or Graph does not know it yet.',
  'graph/withheld': 'Graph left out part of an answer that the app may not read.',
} as const;

/** Answers of Microsoft Graph; `licenser graph-error` explains each class of refusals at length. */
export const graphErrors = {
  ...graphRefusals,
  'graph/ambiguous-group': 'Several groups have this name; name one by its id.',
  'graph/unknown-group': 'The tenant has no group with this id or name.',
} as const;
