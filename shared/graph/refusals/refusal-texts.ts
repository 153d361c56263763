import type { GraphErrorClass } from '../../words/reason-codes/graph-error-class';

/**
 * What Graph's sentences mean. Nearly every rule of licensing answers 400 Request_BadRequest, and the sentences vary
 * in articles, case, spelling and ids between services and over the years. So a text is brought into one form first, and
 * a pattern names only the words that the known variants share.
 * https://learn.microsoft.com/entra/fundamentals/licensing-groups-resolve-problems
 */
export function meaningWords(text: string): string {
  return text
    .normalize('NFKC')
    .toLowerCase()
    .replace(/[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}/g, ' <id> ')
    .replace(/licence/g, 'license')
    .replace(/[\u2018\u2019\u201c\u201d'"`()[\]{},;:.!?]/g, ' ')
    .replace(/\b(?:a|an|the)\b/g, ' ')
    .replace(/\s+/g, ' ')
    .trim();
}

type Pattern = readonly [RegExp, GraphErrorClass];

/** The request could not be read. Looked at before the rules of licensing: it may name any property or value. */
const unread: readonly Pattern[] = [
  [/cannot convert|could not convert|\bedm \w+|parsing odata|syntax error|unexpected token/, 'badRequest'],
  [/could not find (?:a )?property|does not exist on type|property .* does not exist/, 'badRequest'],
  [/missing from request|missing parameters|unable to read|could not be (?:parsed|read)/, 'badRequest'],
  [/no license changes|more than once in request|named more than once/, 'badRequest'],
];

/** One object's own trouble: it is mastered elsewhere, or out of the app's reach. */
const ofOneObject: readonly RegExp[] = [
  /on ?-?premises mastered|mastered (?:on ?-?premises|outside)|undergoing migration/,
  /directory sync(?:ed|hronized)? objects?|(?:synced|synchroni[sz]ed|sourced) from .*on ?-?premises/,
  /restricted management|target (?:object|user|resource)/,
];
/** Of a 403 only: elsewhere these words are part of any sentence. */
const ofOneObjectDenied =
  /(?:specified|this|requested) (?:user|object|account|principal)|administrative unit/;

/** In this order: a text about a missing usage location also says that the license "cannot be assigned to a user". */
const rules: readonly Pattern[] = [
  [/(?:no|not|n t|without|insufficient|enough|zero)\b.*\bavailable licenses?\b/, 'seats'],
  [/available licenses? left|no (?:more )?licenses? (?:are )?(?:available|left|remaining)/, 'seats'],
  [/(?:not enough|insufficient|too few) licenses?|countviolation|licensequotaexceeded/, 'seats'],
  [/mutually ?exclusive|service plans?\b.*\bconflict|conflict\w*\b.*\bservice plans?/, 'conflict'],
  [/depend\w* (?:on|upon)\b.*\bservice plan|service plan.*\bdepend|dependencyviolation/, 'dependency'],
  // Microsoft documents only the name; the sentence is a guess that the name would also be met by.
  [/prohibited ?in ?usage ?location|prohibited in .*usage ?location/, 'prohibitedLocation'],
  [
    /service.*(?:not (?:available|allowed)|unavailable|prohibited) in .*(?:location|country|region)/,
    'prohibitedLocation',
  ],
  [/(?:invalid|missing|without|no|empty|unspecified)\b.*\busage ?location/, 'usageLocation'],
  [
    /usage ?location\b.*\b(?:invalid|missing|required|must|empty|not (?:set|valid|specified))/,
    'usageLocation',
  ],
  [/proxy ?address.*\balready|same value for property|uniquenessviolation/, 'uniqueness'],
  [/inherit\w*\b.*\b(?:group|membership)|group ?inherited ?license/, 'inherited'],
  [/not have .*corresponding license|license .*is not assigned to (?:this |that )?user/, 'notHeld'],
  [/not correspond to .*license/, 'configuration'],
  [/license\b.*\bcannot be assigned to (?:this )?user/, 'configuration'],
  // A plan outside its SKU or one that is no user's choice; Microsoft publishes no sentence.
  [/service plan.* (?:not part of|not belong to|cannot be disabled)/, 'configuration'],
];

/** Graph's word that it does not understand or accept the request. Looked at last: the words are in many sentences. */
const unaccepted: readonly RegExp[] = [
  /\binvalid\b|\bnot valid\b|\bmalformed\b|\bbadly formed\b|\bbad request\b|\bunrecogni[sz]ed\b/,
  /\b(?:not|un)[ -]?supported\b|\b(?:cannot|failed to|unable to) (?:parse|convert|read|deseriali[sz]e|process)\b/,
  /\bis (?:a )?required\b|\bmust (?:be|not|contain|include|have)\b|\bmissing\b/,
];

const lostPosition =
  /\bsync ?state\b|\bresync|\bfull sync|\b(?:delta|page|skip) ?token\b.*\b(?:expired|invalid|not (?:found|valid)|no longer)/;

export const texts = {
  /** This user, not everybody: whatever the code says. */
  isOfOneObject: (words: string, status: number): boolean =>
    ofOneObject.some((pattern) => pattern.test(words)) || (status === 403 && ofOneObjectDenied.test(words)),
  /** A place in a list or in the changes that Graph no longer knows. */
  isLostPosition: (words: string): boolean => lostPosition.test(words),
  isMissing: (words: string): boolean =>
    /queried reference-?property objects? (?:is|are) not present/.test(words),
  isUnassignable: (words: string): boolean => /license <id> cannot be assigned to (?:this )?user/.test(words),
  isConcurrent: (words: string): boolean => /concurrent requests? being made/.test(words),
  isSubscriptionThere: (words: string): boolean => /subscription\b.*\balready exists/.test(words),
  /** undefined: no rule that is known. */
  ruleOf: (words: string): GraphErrorClass | undefined =>
    [...unread, ...rules].find(([pattern]) => pattern.test(words))?.[1],
  isNotUnderstood: (words: string): boolean => unaccepted.some((pattern) => pattern.test(words)),
} as const;
