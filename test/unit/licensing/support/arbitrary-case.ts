import fc from 'fast-check';
import type { PolicyHash, SkuId, UserId } from '../../../../shared/kernel/ids';
import { makeCatalogue } from '../../../../shared/licensing/catalogue/catalogue';
import type { DecideInput, LearntConflicts } from '../../../../shared/licensing/decision';
import type { Policy } from '../../../../shared/policy/policy';
import {
  planIdOf,
  planNumber,
  ruleName,
  ruleProperty,
  rules,
  skuCount,
  skuIdOf,
  skuName,
  skuNumbers,
} from './arbitrary-policy';
import { skuShape, toSku } from './arbitrary-sku';
import { aPolicy, day, licensingGroup, minute, now, policyHash } from './tenant';
import type { HeldLicense, InheritedLicense } from '../../../../shared/words/license';
import type { LedgerEntry } from '../../../../shared/words/ledger';

function toLapses(lapsed: readonly { rule: number; since: number }[]): Pick<LedgerEntry, 'lapsedRules'> {
  if (lapsed.length === 0) return {};
  const sorted = [...lapsed].sort((a, b) => a.rule - b.rule);
  return { lapsedRules: sorted.map(({ rule, since }) => ({ rule: ruleName(rule), since })) };
}

const truth = fc.oneof(
  { weight: 8, arbitrary: fc.constant(true) },
  { weight: 3, arbitrary: fc.constant(false) },
  { weight: 1, arbitrary: fc.constant(undefined) },
);

export type Case = {
  readonly input: DecideInput;
  /** Free seats per SKU beside those the user holds. */
  readonly free: (skuId: SkuId) => number;
};

/** Any user of any small tenant under any small policy. */
export function arbitraryCase(): fc.Arbitrary<Case> {
  return fc
    .record({
      skus: fc.array(skuShape, { minLength: skuCount, maxLength: skuCount }),
      conflicts: fc.array(fc.tuple(planNumber, planNumber), { maxLength: 2 }),
      dependencies: fc.array(
        fc.tuple(planNumber, fc.uniqueArray(planNumber, { minLength: 1, maxLength: 2 })),
        {
          maxLength: 1,
        },
      ),
      rules,
      exclusive: fc.oneof(
        fc.constant([] as string[][]),
        fc.uniqueArray(skuNumbers.map(skuName), { minLength: 2, maxLength: 3 }).map((group) => [group]),
      ),
      adopt: fc.oneof(
        { weight: 2, arbitrary: fc.constant([] as string[]) },
        fc.uniqueArray(skuNumbers.map(skuName)),
      ),
      drift: fc.constantFrom<Policy['drift']>('correct', 'correct', 'report'),
      removal: fc.record({
        mode: fc.constantFrom('remove', 'remove', 'remove', 'keep'),
        graceMs: fc.constantFrom(0, day),
      }),
      usageLocation: fc.constantFrom<Policy['usageLocation']>(
        { from: 'country', default: 'NL' },
        { from: 'country', default: 'NL' },
        { from: 'country', default: null },
        null,
      ),
      truths: fc.array(truth, { minLength: 4, maxLength: 4 }),
      inScope: fc.oneof(
        { weight: 12, arbitrary: fc.constant(true) },
        { weight: 2, arbitrary: fc.constant(false) },
        { weight: 1, arbitrary: fc.constant(undefined) },
      ),
      country: fc.constantFrom('NL', 'Germany', null, 'Narnia', undefined),
      located: fc.oneof({ weight: 4, arbitrary: fc.constant<string | null>('US') }, fc.constant(null)),
      deleted: fc.oneof({ weight: 30, arbitrary: fc.constant(false) }, fc.constant(true)),
      direct: fc.uniqueArray(
        fc.record({
          sku: skuNumbers,
          off: fc.uniqueArray(planNumber, { maxLength: 3 }),
          ours: fc.oneof({ weight: 2, arbitrary: fc.constant(true) }, fc.constant(false)),
          offByUs: fc.uniqueArray(planNumber, { maxLength: 6 }),
          adopted: fc.boolean(),
          byPin: fc.constantFrom(false, false, false, true),
          since: fc.constantFrom(null, now, now - 9 * minute, now - 11 * minute, now - 2 * day),
          isCurrent: fc.boolean(),
          rules: fc.uniqueArray(fc.nat(3), { minLength: 1, maxLength: 3 }),
          lapsed: fc.uniqueArray(
            fc.record({
              rule: fc.nat(3),
              since: fc.constantFrom(now, now - 9 * minute, now - 11 * minute),
            }),
            { selector: (lapse) => lapse.rule, maxLength: 2 },
          ),
        }),
        { selector: (license) => license.sku, maxLength: 3 },
      ),
      gone: fc.uniqueArray(skuNumbers, { maxLength: 1 }),
      inherited: fc.uniqueArray(
        fc.record({
          sku: skuNumbers,
          off: fc.uniqueArray(planNumber, { maxLength: 2 }),
          error: fc.constantFrom(null, null, null, 'CountViolation'),
        }),
        { selector: (license) => license.sku, maxLength: 1 },
      ),
      seats: fc.array(fc.constantFrom(0, 0, 1, 2, 50), { minLength: skuCount, maxLength: skuCount }),
      listOnly: fc.array(fc.constantFrom(false, false, false, true), {
        minLength: skuCount,
        maxLength: skuCount,
      }),
      unknownPlans: fc.uniqueArray(planNumber, { maxLength: 2 }),
      exception: fc.oneof(
        { weight: 5, arbitrary: fc.constant(null) },
        fc.record({
          skus: fc.uniqueArray(
            fc.record({
              sku: skuNumbers,
              off: fc.option(fc.uniqueArray(planNumber, { maxLength: 3 })),
              extra: fc.constantFrom(undefined, undefined, null, now + day, now - day),
            }),
            { selector: (sku) => sku.sku, minLength: 1, maxLength: 2 },
          ),
          until: fc.constantFrom(null, now + day, now - day),
          frozen: fc.oneof(
            { weight: 6, arbitrary: fc.constant(undefined) },
            fc.constantFrom(null, now + day, now - day),
          ),
        }),
      ),
      licenseOnly: fc.oneof({ weight: 9, arbitrary: fc.constant(false) }, fc.constant(true)),
    })
    .map((made): Case => {
      const skus = made.skus.map(toSku);
      const catalogue = makeCatalogue(skus);
      const plansIn = (sku: number, plans: readonly number[], user = true) =>
        skus[sku]!.servicePlans.filter(
          (plan) => plans.map(planIdOf).includes(plan.servicePlanId) && (!user || plan.appliesTo === 'User'),
        )
          .map((plan) => plan.servicePlanId)
          .sort();
      const userSkus = <License extends { sku: number }>(licenses: License[]) =>
        licenses.filter((license) => skus[license.sku]!.appliesTo === 'User');
      const direct = userSkus(made.direct).map(({ sku, off }): HeldLicense => ({
        skuId: skuIdOf(sku),
        disabledPlans: plansIn(sku, off),
        state: 'Active',
        error: null,
      }));
      const ledger = userSkus(made.direct)
        .filter((license) => license.ours)
        .map(({ sku, off, offByUs, adopted, byPin, since, isCurrent, rules, lapsed }): LedgerEntry => ({
          skuId: skuIdOf(sku),
          disabledByUs: plansIn(
            sku,
            off.filter((plan) => offByUs.includes(plan)),
          ),
          rules: rules.map(ruleName).sort(),
          policyHash: isCurrent ? policyHash : ('b'.repeat(64) as PolicyHash),
          adopted,
          notEntitledSince: byPin ? null : since,
          ...(byPin ? { byPin } : {}),
          ...toLapses(lapsed.filter((lapse) => isCurrent && !byPin && rules.includes(lapse.rule))),
        }));
      for (const sku of made.gone) {
        if (direct.some((license) => license.skuId === skuIdOf(sku))) continue;
        ledger.push({
          skuId: skuIdOf(sku),
          disabledByUs: [],
          rules: ['rule0'],
          policyHash: 'b'.repeat(64) as PolicyHash,
          adopted: false,
          notEntitledSince: null,
        });
      }
      const inherited = userSkus(made.inherited).map(({ sku, off, error }): InheritedLicense => ({
        skuId: skuIdOf(sku),
        disabledPlans: plansIn(sku, off),
        state: error === null ? 'Active' : 'Error',
        error,
        groupId: licensingGroup,
      }));
      // Microsoft sells no SKU whose own plans exclude each other.
      const together = (a: number, b: number) =>
        skus.some((sku) =>
          [a, b].every((plan) => sku.servicePlans.some((one) => one.servicePlanId === planIdOf(plan))),
        );
      const learntConflicts: LearntConflicts = {
        conflicts: made.conflicts
          .filter(([a, b]) => a !== b && !together(a, b))
          .map(([a, b]) => [planIdOf(a), planIdOf(b)] as const),
        dependencies: made.dependencies
          .map(([plan, anyOf]) => ({
            plan: planIdOf(plan),
            anyOf: anyOf.filter((one) => one !== plan).map(planIdOf),
          }))
          .filter(({ anyOf }) => anyOf.length > 0),
      };
      const free = (skuId: SkuId) => made.seats[skus.findIndex((sku) => sku.skuId === skuId)] ?? 0;
      const properties: Record<string, unknown> = {};
      if (made.inScope !== undefined) properties.inScope = made.inScope;
      if (made.country !== undefined) properties.country = made.country;
      made.truths.forEach((value, n) => {
        if (value !== undefined) properties[`rule${n}`] = value;
      });
      const policy = aPolicy({
        scope: ruleProperty('inScope'),
        rules: made.rules,
        exclusive: made.exclusive,
        adopt: made.adopt,
        removal: made.removal,
        drift: made.drift,
        usageLocation: made.usageLocation,
      });
      return {
        free,
        input: {
          policy,
          user: { id: '0a6f6f4e-0000-4000-8000-000000000001' as UserId, properties, deleted: made.deleted },
          memberships: { transitive: [] },
          holding: { direct, inherited, usageLocation: made.located },
          catalogue,
          seats: {
            free,
            listOnly: (skuId) => made.listOnly[skus.findIndex((sku) => sku.skuId === skuId)] ?? false,
          },
          ledger,
          exception:
            made.exception === null
              ? null
              : {
                  skus: made.exception.skus.map(({ sku, off, extra }) => ({
                    skuId: skuIdOf(sku),
                    disabledPlans: off === null ? null : plansIn(sku, off, false),
                    // An extra license is always one to be held.
                    ...(extra === undefined || off === null
                      ? {}
                      : { extra: { until: extra, why: 'a project', by: 'ops', at: 0 } }),
                  })),
                  until: made.exception.until,
                  why: 'a reason',
                  by: 'ops',
                  at: 0,
                  ...(made.exception.frozen === undefined
                    ? {}
                    : { frozen: { until: made.exception.frozen, why: 'a case', by: 'ops', at: 0 } }),
                },
          learntConflicts,
          knownPlans: new Map(
            skus.map((sku) => [
              sku.skuId,
              new Set(
                sku.servicePlans
                  .map((plan) => plan.servicePlanId)
                  .filter((plan) => !made.unknownPlans.map(planIdOf).includes(plan)),
              ),
            ]),
          ),
          previous: null,
          permissions: made.licenseOnly ? 'license-only' : 'full',
          now,
        },
      };
    });
}
