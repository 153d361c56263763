import { createHash } from 'node:crypto';
import type { ServicePlanId, SkuId } from '../kernel/ids';
import { activePin } from './active-pin';
import type { Catalogue } from './catalogue';
import { indexOfCatalogue } from './catalogue-index';
import type { DecideInput, PlanKnowledge } from './decision';
import { compareText, sortedIds } from './id-set';
import { agreeingLooksMs } from './loss';
import { matchPolicy } from './match-rules';
import { resolvePolicy } from './resolved-policy';

/**
 * SHA-256 (64 lower-case hex digits) over everything that deciding looks at, so that a user for whom nothing
 * matters has changed is recognized without deciding again. Rules go in by their truth, so a property that no rule
 * asks for changes nothing, and a rule about time does. Seats go in as "there is one" for SKUs that the policy may
 * give this user and the user does not hold; what is known of plans, as far as it is about plans of SKUs that the
 * user holds or may be given. What only time changes (grace, a pin's end) goes in as over or not.
 */
export function stateDigest(input: DecideInput): string {
  const { policy, user, holding, catalogue, ledger, pin, now } = input;
  const resolved = resolvePolicy(policy, catalogue);
  const context = { now, absent: 'undecided' } as const;
  const match = matchPolicy(resolved, user.properties, input.memberships, context);
  const held = new Set<SkuId>(holding.direct.map((license) => license.skuId));
  const named = new Set<SkuId>([
    ...resolved.rules.flatMap((rule) =>
      rule.grants.flatMap((grant) => [grant.skuId, ...grant.fallback.map((one) => one.skuId)]),
    ),
    ...activePin(pin, now).skus.keys(),
  ]);
  const given = new Set<SkuId>([
    ...match.rules.flatMap(({ rule, truth }) =>
      truth === false
        ? []
        : rule.grants.flatMap((grant) => [grant.skuId, ...grant.fallback.map((one) => one.skuId)]),
    ),
    ...(pin?.skus ?? []).map((sku) => sku.skuId),
  ]);
  const concerned = new Set([...given, ...held, ...holding.inherited.map((license) => license.skuId)]);
  const relevant = new Set([...named, ...held, ...holding.inherited.map((license) => license.skuId)]);
  const ended = (since: number | null) =>
    since !== null && now >= since + Math.max(policy.removal.graceMs, agreeingLooksMs);
  const facts = {
    policy: policy.hash,
    user: user.id,
    deleted: user.deleted,
    permissions: input.permissions,
    country: holding.usageLocation === null ? (user.properties.country ?? null) : null,
    countryRead: user.properties.country !== undefined,
    scope: match.scope,
    rules: match.rules.map((rule) => rule.truth),
    usageLocation: holding.usageLocation,
    direct: sorted(
      holding.direct.map((license) => ({ ...license, disabledPlans: sorted(license.disabledPlans) })),
    ),
    inherited: sorted(
      holding.inherited.map((license) => ({ ...license, disabledPlans: sorted(license.disabledPlans) })),
    ),
    ledger: sorted(
      ledger.map((entry) => ({
        ...entry,
        disabledByUs: sorted(entry.disabledByUs),
        ended: ended(entry.notEntitledSince),
      })),
    ),
    pin: pinDigest(pin, now),
    hold: input.hold ?? null,
    known: sorted(
      [...relevant].map((skuId) => {
        const plans = input.knownPlans.get(skuId);
        return [skuId, plans === undefined ? null : planSetDigest(plans)];
      }),
    ),
    seats: sorted(
      [...given]
        .filter((skuId) => !held.has(skuId))
        .map((skuId) => [skuId, input.seats.free(skuId) > 0, input.seats.listOnly(skuId)]),
    ),
    catalogue: sorted([...relevant].map((skuId) => skuDigest(catalogue, skuId))),
    knowledge: knowledgeDigest(input.knowledge, catalogue, concerned),
  };
  return sha256(toCanonicalJson(facts));
}

/** What of the pin holds, and nothing of one that has ended. */
function pinDigest(pin: DecideInput['pin'], now: number): unknown {
  const { skus, frozen } = activePin(pin, now);
  return skus.size === 0 && frozen === null ? null : { skus: sorted([...skus]), frozen };
}

const skuDigests = new WeakMap<Catalogue, Map<SkuId, string>>();

/** Of a SKU all but its seats. */
function skuDigest(catalogue: Catalogue, skuId: SkuId): string {
  const digests = skuDigests.get(catalogue) ?? new Map<SkuId, string>();
  skuDigests.set(catalogue, digests);
  const known = digests.get(skuId);
  if (known !== undefined) return known;
  const sku = catalogue.skuById(skuId);
  const plans = sku?.servicePlans.map((plan) => [plan.servicePlanId, plan.servicePlanName, plan.appliesTo]);
  const digest = sha256(
    toCanonicalJson([skuId, sku?.skuPartNumber, sku?.appliesTo, sku?.capabilityStatus, sorted(plans ?? [])]),
  );
  digests.set(skuId, digest);
  return digest;
}

const planSetDigests = new WeakMap<ReadonlySet<ServicePlanId>, string>();

function planSetDigest(plans: ReadonlySet<ServicePlanId>): string {
  const digest = planSetDigests.get(plans) ?? sha256(toCanonicalJson(sortedIds(plans)));
  planSetDigests.set(plans, digest);
  return digest;
}

const knowledgeDigests = new WeakMap<PlanKnowledge, WeakMap<Catalogue, Map<string, string>>>();

/** What is known of plans that these SKUs have. */
function knowledgeDigest(knowledge: PlanKnowledge, catalogue: Catalogue, skuIds: ReadonlySet<SkuId>): string {
  const ofKnowledge = knowledgeDigests.get(knowledge) ?? new WeakMap<Catalogue, Map<string, string>>();
  knowledgeDigests.set(knowledge, ofKnowledge);
  const digests = ofKnowledge.get(catalogue) ?? new Map<string, string>();
  ofKnowledge.set(catalogue, digests);
  const key = sortedIds(skuIds).join();
  const known = digests.get(key);
  if (known !== undefined) return known;
  const index = indexOfCatalogue(catalogue);
  const plans = new Set([...skuIds].flatMap((skuId) => index.allPlans(skuId)));
  const digest = sha256(
    toCanonicalJson({
      conflicts: sorted(
        knowledge.conflicts
          .filter((pair) => pair.every((plan) => plans.has(plan)))
          .map((pair) => sorted(pair)),
      ),
      dependencies: sorted(
        knowledge.dependencies
          .filter(({ plan }) => plans.has(plan))
          .map(({ plan, anyOf }) => [plan, sorted(anyOf)]),
      ),
    }),
  );
  digests.set(key, digest);
  return digest;
}

function sha256(text: string): string {
  return createHash('sha256').update(text, 'utf8').digest('hex');
}

/** In the order of their canonical text, so that sets are equal whatever their order. */
function sorted<Item>(items: readonly Item[]): Item[] {
  return items
    .map((item) => ({ item, text: toCanonicalJson(item) }))
    .sort((a, b) => compareText(a.text, b.text))
    .map(({ item }) => item);
}

/** JSON with sorted keys. */
function toCanonicalJson(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(toCanonicalJson).join(',')}]`;
  if (typeof value !== 'object' || value === null) return JSON.stringify(value) ?? 'null';
  const entries = Object.entries(value).sort(([a], [b]) => compareText(a, b));
  return `{${entries.map(([key, item]) => `${JSON.stringify(key)}:${toCanonicalJson(item)}`).join(',')}}`;
}
