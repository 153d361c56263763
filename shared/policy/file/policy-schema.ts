import { z } from 'zod';
import { isCountryCode } from '../iso-country';
import { parseSpan } from './time-span';

/**
 * The policy file's shape. Every object is strict: an unknown key is an error. Descriptions end up in the JSON
 * Schema that editors complete from.
 */
const name = z.string().trim().min(1);
const SkuReference = name.describe("skuPartNumber, or the SKU's GUID");
const PlanReference = name.describe("servicePlanName, or the plan's GUID");
const Rule = z.string().describe('An Entra dynamic membership rule for users');
const percent = z.number().min(0).max(100);

export const Limit = z
  .strictObject({
    count: z.int().min(0).exactOptional().describe('Changes'),
    percent: percent.exactOptional().describe('Percent of the users that hold something of ours'),
  })
  .refine((limit) => limit.count !== undefined || limit.percent !== undefined, 'give count, percent or both');

export const GrantInFile = z
  .strictObject({
    sku: SkuReference,
    disable: z
      .array(PlanReference)
      .exactOptional()
      .describe('Plans that are switched off; all others are on'),
    enable: z
      .array(PlanReference)
      .min(1)
      .exactOptional()
      .describe('Plans that are on; all others are switched off'),
    fallback: z.array(SkuReference).default([]).describe('Given while this SKU has no seats, best first'),
    priority: z.int().default(0).describe('Who gets a scarce seat first: the higher number'),
    newPlans: z
      .enum(['on', 'off', 'hold'])
      .default('on')
      .describe('Plans that Microsoft adds to the SKU later'),
  })
  .refine((grant) => grant.disable === undefined || grant.enable === undefined, {
    message: 'give disable or enable, not both',
    path: ['enable'],
  });

export const RuleInFile = z
  .strictObject({
    name,
    when: Rule.exactOptional().describe('Without when and memberOf the rule is for everybody in scope'),
    memberOf: z
      .array(name)
      .min(1)
      .exactOptional()
      .describe('Names or ids of groups, nested ones included; any of them'),
    assign: z.array(GrantInFile).default([]),
    without: z
      .array(PlanReference)
      .default([])
      .describe('Plans off in every SKU that this policy gives the user'),
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
  version: z.literal(1),
  mode: z.enum(['enforce', 'observe']).default('enforce'),
  unconfirmed: z
    .enum(['assume', 'undecided'])
    .default('assume')
    .describe(
      "Rules on empty attributes that Microsoft's documentation leaves open: assume the usual reading, or do not decide",
    ),
  scope: z.strictObject({ when: Rule }).exactOptional().describe('Nobody outside is granted anything'),
  usageLocation: UsageLocation.exactOptional().describe('Fills an empty usage location, never overwrites'),
  exclusive: z
    .array(z.array(SkuReference).min(2))
    .default([])
    .describe('Groups of SKUs to hold one of, best first'),
  rules: z.array(RuleInFile).min(1),
  adopt: z.array(SkuReference).default([]).describe('Existing direct assignments of these SKUs become ours'),
  removal: Removal.default({ mode: 'keep', grace: '30d' }),
  drift: z
    .enum(['correct', 'report'])
    .default('correct')
    .describe(
      'A license or plan of ours that a person changed: set right again, or left as it is and reported',
    ),
  guards: z
    .strictObject({ maxReductions: Limit.exactOptional(), maxChanges: Limit.exactOptional() })
    .default({}),
  prices: z.record(SkuReference, z.number().min(0)).default({}).describe('Per user and month'),
  tests: z.array(Test).default([]),
});
export type PolicyFile = z.infer<typeof PolicyFile>;
