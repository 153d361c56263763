import { hash } from 'node:crypto';
import type { ServicePlanId, SkuId, UserId } from '../kernel/ids';
import type { ActiveException } from './entitlement/active-exception';
import { activeException } from './entitlement/active-exception';
import type { Catalogue } from './catalogue/catalogue';
import { indexOfCatalogue } from './catalogue/catalogue-index';
import type { DecideInput, LearntConflicts } from './decision';
import { compareText, sortedIds } from '../kernel/id-set';
import { lapseEndsAt } from './proposals/lapsed-rules';
import { timing } from '../kernel/timing';
import { matchPolicy } from './entitlement/match-rules';
import type { PolicyMatch } from './entitlement/match-rules';
import type { ResolvedPolicy } from './entitlement/resolved-policy';
import { resolvePolicy } from './entitlement/resolved-policy';
import type { HeldLicense } from '../words/license';

/**
 * SHA-256 (64 lower-case hex digits) over everything that deciding looks at, so that a user for whom nothing
 * matters has changed is recognized without deciding again. Rules go in by their truth, so a property that no rule
 * asks for changes nothing, and a rule about time does. Seats go in as "there is one" for SKUs that the policy may
 * give this user and the user does not hold; what is known of plans, as far as it is about plans of SKUs that the
 * user holds or may be given. What only time changes (grace, an exception's end) goes in as over or not.
 */
export function stateDigest(input: DecideInput): string {
  return digestOf(input.user.id, stateText(input));
}

/** What is hashed of a state, but for the user's id: the parts before and behind it. */
export type StateText = readonly [before: string, behind: string];

/** `stateDigest` of the user with this id, in this state. */
export function digestOf(userId: UserId, [before, behind]: StateText): string {
  return sha256(`${before}${JSON.stringify(userId)}${behind}`);
}

/** Everything that deciding looks at but the id of the user: of users who are alike it is equal. */
export function stateText(input: DecideInput): StateText {
  const { policy, user, holding, catalogue, ledger, exception, now } = input;
  const resolved = resolvePolicy(policy, catalogue);
  const context = { now, absent: 'undecided' } as const;
  const match = matchPolicy(resolved, user.properties, input.memberships, context);
  const setting = settingOf(resolved, input);
  const held = new Set<SkuId>(holding.direct.map((license) => license.skuId));
  const active = exception === null ? null : activeException(exception, now);
  const excepted = [...(active?.skus.keys() ?? [])];
  const besides = new Set([...held, ...holding.inherited.map((license) => license.skuId), ...excepted]);
  const given = givenSkus(resolved, match);
  const ended = (since: number | null) =>
    since !== null && now >= since + Math.max(policy.removal.graceMs, timing.licensing.agreeingLooks.ms);
  const seats = (skuIds: readonly SkuId[]) =>
    skuIds.map((skuId) => {
      if (held.has(skuId)) return '-';
      return (input.seats.free(skuId) > 0 ? 1 : 0) + (input.seats.listOnly(skuId) ? 2 : 0);
    });
  // An array in a fixed order: a stringified object would cost its keys for each of a tenant's users.
  const behind = JSON.stringify([
    user.deleted,
    input.permissions,
    holding.usageLocation === null ? (user.properties.country ?? null) : null,
    user.properties.country !== undefined,
    match.key,
    holding.usageLocation,
    inOrder(holding.direct.map((one) => [...licenseFacts(one)])),
    inOrder(holding.inherited.map((one) => [one.groupId, ...licenseFacts(one)])),
    // Canonical, whole: a field that an entry comes to have counts from then on.
    inOrder(
      ledger.map((entry) => [
        toCanonicalJson({ ...entry, disabledByUs: sortedIds(entry.disabledByUs) }),
        ended(entry.notEntitledSince),
        ...(entry.lapsedRules ?? []).map((lapse) => now >= lapseEndsAt(lapse)),
      ]),
    ),
    active === null ? null : pinDigest(active),
    input.hold === undefined ? null : toCanonicalJson(input.hold),
    seats(given).join(''),
    conflictDigest(input.learntConflicts, catalogue, given, besides),
    sortedIds(excepted).map((skuId) => [skuId, seats([skuId])]),
    inOrder(
      [...besides]
        .filter((skuId) => !setting.namedSet.has(skuId))
        .map((skuId) => skuFacts(catalogue, input.knownPlans, skuId)),
    ),
  ]);
  return [`[${JSON.stringify(setting.digest)},`, `,${behind.slice(1)}`];
}

function licenseFacts({ skuId, disabledPlans, state, error }: HeldLicense): readonly unknown[] {
  return [skuId, state, error, disabledPlans.length > 1 ? sortedIds(disabledPlans) : disabledPlans];
}

/** As texts in their own order, so that sets are equal whatever theirs. */
function inOrder(facts: readonly (readonly unknown[])[]): string[] {
  const texts = facts.map((one) => JSON.stringify(one));
  return texts.length > 1 ? texts.sort() : texts;
}

const given = new WeakMap<ResolvedPolicy, Map<string, readonly SkuId[]>>();

/** SKUs that rules which match or may match name, fallbacks too; sorted. */
export function givenSkus(resolved: ResolvedPolicy, match: PolicyMatch): readonly SkuId[] {
  const ofPolicy = given.get(resolved) ?? new Map<string, readonly SkuId[]>();
  given.set(resolved, ofPolicy);
  const known = ofPolicy.get(match.key);
  if (known !== undefined) return known;
  const rules = match.rules.filter(({ truth }) => truth !== false).map(({ rule }) => rule);
  const skuIds = sortedIds(rules.flatMap(namedSkus));
  ofPolicy.set(match.key, skuIds);
  return skuIds;
}

function namedSkus(rule: ResolvedPolicy['rules'][number]): SkuId[] {
  return rule.grants.flatMap((grant) => [grant.skuId, ...grant.fallback.map((one) => one.skuId)]);
}

/** What all users share: the policy and the SKUs it names. */
type SettingDigest = Pick<DecideInput, 'knownPlans'> & {
  readonly namedSet: ReadonlySet<SkuId>;
  readonly digest: string;
};

const settings = new WeakMap<ResolvedPolicy, SettingDigest>();

function settingOf(resolved: ResolvedPolicy, input: DecideInput): SettingDigest {
  const known = settings.get(resolved);
  const { knownPlans, catalogue, policy } = input;
  if (known !== undefined && known.knownPlans === knownPlans) return known;
  const named = sortedIds(resolved.rules.flatMap(namedSkus));
  const skus = named.map((skuId) => skuFacts(catalogue, knownPlans, skuId));
  const digest = sha256(JSON.stringify([policy.hash, skus, ...boundOtherwise(resolved)]));
  const setting = { knownPlans, namedSet: new Set(named), digest };
  settings.set(resolved, setting);
  return setting;
}

/** What names stand for, where the names of today's tenant alone would not tell. */
function boundOtherwise({ policy, problems, renamed }: ResolvedPolicy): readonly unknown[] {
  if (policy.bindings === null || (problems.length === 0 && renamed.length === 0)) return [];
  return [policy.bindings];
}

function skuFacts(catalogue: Catalogue, knownPlans: DecideInput['knownPlans'], skuId: SkuId) {
  const plans = knownPlans.get(skuId);
  return [skuId, skuDigest(catalogue, skuId), plans === undefined ? null : planSetDigest(plans)] as const;
}

/** What of the exception holds, and nothing of one that has ended. */
function pinDigest({ skus, frozen }: ActiveException): string | null {
  return skus.size === 0 && frozen === null ? null : toCanonicalJson({ skus: sorted([...skus]), frozen });
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

const conflictDigests = new WeakMap<LearntConflicts, WeakMap<Catalogue, Map<string, string>>>();

/** What is known of plans that these SKUs have. */
function conflictDigest(
  learnt: LearntConflicts,
  catalogue: Catalogue,
  given: readonly SkuId[],
  besides: ReadonlySet<SkuId>,
): string {
  const ofKnowledge = conflictDigests.get(learnt) ?? new WeakMap<Catalogue, Map<string, string>>();
  conflictDigests.set(learnt, ofKnowledge);
  const digests = ofKnowledge.get(catalogue) ?? new Map<string, string>();
  ofKnowledge.set(catalogue, digests);
  const skuIds = sortedIds([...given, ...besides]);
  const key = skuIds.join();
  const known = digests.get(key);
  if (known !== undefined) return known;
  const index = indexOfCatalogue(catalogue);
  const plans = new Set(skuIds.flatMap((skuId) => index.allPlans(skuId)));
  const conflicts = learnt.conflicts.filter((pair) => pair.every((plan) => plans.has(plan)));
  const unassignable = skuIds.filter((skuId) => learnt.unassignable?.includes(skuId));
  const dependencies = learnt.dependencies.filter(({ plan }) => plans.has(plan));
  const digest = sha256(
    toCanonicalJson({
      conflicts: sorted(conflicts.map((pair) => sorted(pair))),
      dependencies: sorted(dependencies.map(({ plan, anyOf }) => [plan, sorted(anyOf)])),
      ...(unassignable.length === 0 ? {} : { unassignable }),
    }),
  );
  digests.set(key, digest);
  return digest;
}

function sha256(text: string): string {
  return hash('sha256', text, 'hex');
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
