import { z } from 'zod';
import { isCountryCode } from '../iso-country';
import { parseSpan } from './time-span';

/**
 * The policy file's shape, once: the types of policies are inferred from it, and the JSON Schema that editors complete
 * from and the tables of keys in docs/policy.md are made of its descriptions. Every map is strict: an unknown key is
 * an error. A new key with a default changes the hash of no file (policy-hash.ts).
 */
const name = z.string().trim().min(1);
const SkuReference = name.describe(
  "skuPartNumber, the SKU's GUID, or the product's name, such as Microsoft 365 E3",
);
const PlanReference = name.describe("servicePlanName, or the plan's GUID");
const MembershipRule = z.string().describe('A membership rule, in the language of Entra for dynamic groups');
const percent = z.number().min(0).max(100);

export const Limit = z
  .strictObject({
    count: z.int().min(0).exactOptional().describe('Users'),
    percent: percent.exactOptional().describe('Percent of the users to whom something was granted'),
  })
  .refine((limit) => limit.count !== undefined || limit.percent !== undefined, 'give count, percent or both');

export const GrantInFile = z
  .strictObject({
    sku: SkuReference.describe('What to give'),
    disable: z
      .array(PlanReference)
      .exactOptional()
      .describe('Plans that are switched off; all others are on. Without it and `enable`, every plan is on'),
    enable: z
      .array(PlanReference)
      .min(1)
      .exactOptional()
      .describe('Instead of `disable`: plans that are on; all others are switched off'),
    fallback: z
      .array(SkuReference)
      .default([])
      .describe('SKUs that are given while this one has no seats, best first'),
    priority: z
      .int()
      .default(0)
      .describe(
        'Who gets a scarce seat first: the higher number, then the user who waits longer. It counts for the fallbacks too',
      ),
    newPlans: z
      .enum(['on', 'off', 'hold'])
      .default('on')
      .describe(
        'Plans that Microsoft adds to the SKU later: `on`, `off`, or `hold` (leave the user as they are, and report)',
      ),
  })
  .refine((grant) => grant.disable === undefined || grant.enable === undefined, {
    message: 'give disable or enable, not both',
    path: ['enable'],
  });

export const RuleInFile = z
  .strictObject({
    name: name.describe('Unique; it stands in every decision and in the ledger'),
    when: MembershipRule.exactOptional().describe(
      'A membership rule. Without `when` and `memberOf` the rule is for every user in scope; with both, both must hold',
    ),
    memberOf: z
      .array(name)
      .min(1)
      .exactOptional()
      .describe('Names or ids of groups, nested ones included; a member of any of them'),
    assign: z.array(GrantInFile).default([]).describe('A list of grants'),
    without: z
      .array(PlanReference)
      .default([])
      .describe('Plans that are off in every SKU that this policy gives the user'),
  })
  .refine((rule) => rule.assign.length > 0 || rule.without.length > 0, 'give assign, without or both');

const Country = z
  .string()
  .transform((code) => code.toUpperCase())
  .refine(isCountryCode, 'expected an ISO 3166-1 code of two letters, such as NL');

const UsageLocation = z
  .strictObject({
    from: z.literal('country').exactOptional().describe("The user's country: a code or a name"),
    default: Country.exactOptional().describe('ISO 3166-1 alpha-2, where the country gives none'),
  })
  .refine(
    (location) => location.from !== undefined || location.default !== undefined,
    'give from, default or both',
  );

const Removal = z.strictObject({
  mode: z.enum(['remove', 'keep']).default('keep'),
  grace: z
    .union([z.string(), z.literal(0)])
    .default('30d')
    .refine((text) => parseSpan(String(text)) !== undefined, 'expected a time such as 30d, 12h or 2w'),
});

const Test = z.strictObject({
  name: name.exactOptional(),
  now: z.iso.datetime({ offset: true }).exactOptional().describe('What system.now is in this test'),
  user: z.record(z.string(), z.unknown()).describe('A user as Graph returns it, with memberOf and manager'),
  expect: z
    .record(
      SkuReference,
      z.union([
        z.null().describe('Not granted'),
        z.strictObject({
          off: z.array(PlanReference).exactOptional().describe('Exactly these plans are off'),
        }),
      ]),
    )
    .describe('SKUs that are not named here are not looked at'),
});

export const PolicyFile = z.strictObject({
  version: z.literal(1).describe('1'),
  mode: z
    .enum(['enforce', 'observe'])
    .default('enforce')
    .describe('`enforce`, or `observe`: decide and record everything, write nothing'),
  scope: z
    .strictObject({ when: MembershipRule })
    .exactOptional()
    .describe(
      '`{ when: … }`, a membership rule: users outside it are granted nothing. Without it, every user is in scope',
    ),
  usageLocation: UsageLocation.exactOptional().describe(
    '`{ from: country, default: NL }`: fills an empty usage location, never overwrites one',
  ),
  exclusive: z
    .array(z.array(SkuReference).min(2))
    .default([])
    .describe('Groups of SKUs of which a user holds one, best first'),
  rules: z.array(RuleInFile).min(1).describe('See below; one at least'),
  adopt: z
    .array(SkuReference)
    .default([])
    .describe('SKUs whose existing direct assignments become ours: they follow the policy from then on'),
  drift: z
    .enum(['correct', 'report'])
    .default('correct')
    .describe(
      'Our license that a person took away, or our plan that a person switched on, while the user is still entitled: `correct` restores what the policy says, `report` leaves it and says so (`user show`, `census status`)',
    ),
  removal: Removal.default({ mode: 'keep', grace: '30d' }).describe(
    '`mode`: `remove` or `keep` what we granted when the user is no longer entitled to it; `grace`: how long to wait first (`30d`, `12h`, `2w`, `0`)',
  ),
  guards: z
    .union([
      z.strictObject({ maxReductions: Limit.exactOptional(), maxChanges: Limit.exactOptional() }),
      z.literal('none'),
    ])
    .default({})
    .describe(
      '`maxReductions`, `maxChanges`: hold changes beyond `count` or `percent` for approval. A policy that removes licenses and names neither holds reductions beyond 25 users or 2 percent, whichever is more; `none`: nothing is held',
    ),
  prices: z
    .record(SkuReference, z.number().min(0))
    .default({})
    .describe('Per user and month, by SKU; for plans and reports'),
  unconfirmed: z
    .enum(['assume', 'undecided'])
    .default('assume')
    .describe(
      '`assume` or `undecided`: results that Microsoft leaves open, see [Empty attributes](#empty-attributes)',
    ),
  tests: z.array(Test).default([]).describe('Test cases, run by `licenser policy test`'),
});
export type PolicyFile = z.infer<typeof PolicyFile>;
