import type { GraphErrorClass } from '../../words/reason-codes/graph-error-class';
import { meaningWords, texts } from './refusal-texts';

/**
 * What Graph means when it refuses, told from status, code and, because nearly every rule of licensing answers
 * 400 Request_BadRequest, from the text. This file and refusal-texts.ts are the only readers of texts. Sources:
 * https://learn.microsoft.com/graph/errors,
 * https://learn.microsoft.com/graph/delta-query-overview#synchronization-reset
 */
export type Refusal = {
  readonly status: number;
  /** error.code; '' when Graph left it empty; undefined: the body was no error of Graph's. */
  readonly code: string | undefined;
  /** error.message */
  readonly text: string;
  /** Whether the request would have changed something: then a gateway's time-out may hide a success. */
  readonly isWrite: boolean;
};

/** Codes in lower case without punctuation: services write `Request_ResourceNotFound` and `ResourceNotFound`. */
const codes: readonly (readonly [RegExp, GraphErrorClass])[] = [
  [/concurrencyviolation/, 'concurrency'],
  [/^toomanyrequests$|^activitylimitreached$|throttled/, 'throttled'],
  [/^syncstate|^resync|expiredpagetoken/, 'syncStateLost'],
];
const refusingCodes: readonly (readonly [RegExp, GraphErrorClass])[] = [
  [
    /^authori[sz]ation|^authentication|accessdenied|^unauthorized$|^forbidden$|authenticationtoken$/,
    'permission',
  ],
  [/resourcenotfound$|itemnotfound$|usernotfound$/, 'gone'],
];
/** A rule of the directory answers Request_BadRequest; these mean that the request itself was not understood. */
const unreadCodes = /^badrequest$|^invalidrequest$|unsupportedquery$|invalidrequesturl$|^notimplemented$/;
const unreadStatuses: ReadonlySet<number> = new Set([405, 406, 411, 413, 414, 415, 501]);

/** Tells the class of a refusal. Never throws; `unknown` when neither status, code nor text is of a known kind. */
export function classifyRefusal(refusal: Refusal): GraphErrorClass {
  const { status, text } = refusal;
  const words = meaningWords(text);
  const code = (refusal.code ?? '').toLowerCase().replace(/[^a-z0-9]/g, '');
  const isRefusal = status >= 400 && status < 500 && status !== 429 && status !== 401 && status !== 408;
  if (isRefusal && texts.isOfOneObject(words, status)) return 'ownTrouble';
  const named = classIn(codes, code);
  if (named !== undefined) return named;
  return byStatus(refusal, words) ?? classIn(refusingCodes, code) ?? byText(refusal, words, code);
}

function classIn(
  known: readonly (readonly [RegExp, GraphErrorClass])[],
  code: string,
): GraphErrorClass | undefined {
  return known.find(([pattern]) => pattern.test(code))?.[1];
}

function byStatus({ status, isWrite }: Refusal, words: string): GraphErrorClass | undefined {
  if (status === 429) return 'throttled';
  if (status === 401 || status === 403) return 'permission';
  if (status === 410) return 'syncStateLost';
  if (status === 404) return texts.isLostPosition(words) ? 'syncStateLost' : 'gone';
  if (status === 408 || status === 504) return isWrite ? 'ambiguous' : 'unavailable';
  if (unreadStatuses.has(status)) return 'badRequest';
  return status >= 500 ? 'unavailable' : undefined;
}

function byText({ status, code: given }: Refusal, words: string, code: string): GraphErrorClass {
  if (texts.isConcurrent(words)) return 'concurrency';
  if (texts.isLostPosition(words)) return 'syncStateLost';
  if (texts.isMissing(words)) return 'gone';
  if (texts.isSubscriptionThere(words)) return 'subscriptionExists';
  const rule = texts.ruleOf(words);
  if (rule !== undefined) return rule;
  if (unreadCodes.test(code) || texts.isNotUnderstood(words)) return 'badRequest';
  // Graph's own error body with an empty code: its parser stopped before it had one.
  return status === 400 && given === '' ? 'badRequest' : 'unknown';
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

/** The SKU of which Graph says that it cannot be assigned to users, lower case; none: it says something else. */
export function unassignableInText(text: string): readonly string[] {
  return texts.isUnassignable(meaningWords(text)) ? idsInText(text).slice(0, 1) : [];
}
