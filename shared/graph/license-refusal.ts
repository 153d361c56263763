import type { GraphErrorClass } from './graph-error';

/**
 * What Graph means when it refuses, told from status, code and, because nearly every rule of licensing answers
 * 400 Request_BadRequest, from the text. This is the one place that reads texts. Sources:
 * https://learn.microsoft.com/graph/errors,
 * https://learn.microsoft.com/entra/fundamentals/licensing-groups-resolve-problems,
 * https://learn.microsoft.com/graph/delta-query-overview#synchronization-reset
 */
export type Refusal = {
  readonly status: number;
  /** error.code */
  readonly code: string;
  /** error.message */
  readonly text: string;
  /** Whether the request would have changed something: then a gateway's time-out may hide a success. */
  readonly isWrite: boolean;
};

/** Looked at first, whatever the status. Codes are compared in lower case. */
const classByCode: ReadonlyMap<string, GraphErrorClass> = new Map([
  ['directory_concurrencyviolation', 'concurrency'],
  ['toomanyrequests', 'throttled'],
  ['activitylimitreached', 'throttled'],
  ['request_throttled', 'throttled'],
  ['syncstatenotfound', 'syncStateLost'],
  ['resyncrequired', 'syncStateLost'],
  ['authorization_requestdenied', 'permission'],
  ['invalidauthenticationtoken', 'permission'],
  ['request_resourcenotfound', 'gone'],
]);

/** In this order: a text about a missing usage location also says that the license "cannot be assigned to a user". */
const classByText: readonly (readonly [RegExp, GraphErrorClass])[] = [
  [/does not have any available licenses|available licenses left|\bCountViolation\b/i, 'seats'],
  [/mutually exclusive|conflicting service plan|MutuallyExclusiveViolation/i, 'conflict'],
  [/service plans that conflict with/i, 'conflict'],
  [/depends on(?: the)? service plan|\bDependencyViolation\b/i, 'dependency'],
  // Microsoft documents only the name; the wording is a guess that the name would also be met by.
  [/ProhibitedInUsageLocation|prohibited in (?:the )?usage location/i, 'prohibitedLocation'],
  [/invalid usage location|without a usage location/i, 'usageLocation'],
  [/proxy address .* is already being used/i, 'uniqueness'],
  [/another object with the same value for property proxyAddresses|\bUniquenessViolation\b/i, 'uniqueness'],
  [/inherited from a group/i, 'inherited'],
  [/does not have a corresponding license/i, 'notHeld'],
  [/does not correspond to a valid company license/i, 'configuration'],
  [/license \S+ cannot be assigned to a user/i, 'configuration'],
  // A plan outside its SKU or one that is no user's choice; Microsoft publishes no wording.
  [/service plan.* (?:not part of|does not belong to|cannot be disabled)/i, 'configuration'],
  [/cannot convert the literal/i, 'badRequest'],
  [/missing from the request payload|no license changes provided|named more than once/i, 'badRequest'],
];

export function classifyRefusal({ status, code, text, isWrite }: Refusal): GraphErrorClass {
  const byCode = classByCode.get(code.toLowerCase());
  if (byCode !== undefined) return byCode;
  if (status === 429) return 'throttled';
  if (status === 401 || status === 403) return 'permission';
  if (status === 404) return 'gone';
  if (status === 410) return 'syncStateLost';
  if (status === 408 || status === 504) return isWrite ? 'ambiguous' : 'unavailable';
  if (status >= 500) return status === 501 ? 'badRequest' : 'unavailable';
  const byText = classByText.find(([pattern]) => pattern.test(text));
  if (byText !== undefined) return byText[1];
  // The request itself was not understood; a rule of the directory answers Request_BadRequest.
  if (['badrequest', 'request_unsupportedquery'].includes(code.toLowerCase())) return 'badRequest';
  return 'unknown';
}

const guids = /[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}/gi;

/**
 * The ids that a text names, lower case, in its order, each once. A conflict's text may end in the SKUs that were
 * being added: those are no plans and are left out.
 */
export function idsInText(text: string): readonly string[] {
  const named = text.split(/licenses being added:/i)[0] ?? '';
  return [...new Set([...named.matchAll(guids)].map(([id]) => id.toLowerCase()))];
}

/**
 * The pairs of plans that a conflict's text names, lower case: the pairs in brackets where it has them (the audit
 * log's wording), else all plans it names against one another.
 */
export function conflictPairsInText(text: string): readonly (readonly [string, string])[] {
  const named = text.split(/licenses being added:/i)[0] ?? '';
  const bracketed = [...named.matchAll(/\[([^\]]*)\]/g)].map(([, inside = '']) => idsInText(inside));
  const groups = bracketed.some((ids) => ids.length > 1) ? bracketed : [idsInText(text)];
  return groups.flatMap((ids) =>
    ids.flatMap((one, index) => ids.slice(index + 1).map((other): readonly [string, string] => [one, other])),
  );
}
