import { z } from 'zod';
import { toServicePlanId, toSkuId } from '../../kernel/ids';
import type { PolicyHash } from '../../kernel/ids';
import { failureStates, timelineSteps } from '../ports/ports';
import type {
  Failure,
  QuotaRow,
  StoredLedgerEntry,
  StoredException,
  StoredReason,
  TimelineEntry,
  UserState,
} from '../ports/ports';

/**
 * Schemas of everything that is read back from the tables: a row is never trusted. A property that a newer version
 * adds is dropped on reading, so that two versions can run side by side during a deployment.
 */
const SkuIdText = z.guid().transform(toSkuId);
const PlanIds = z.array(z.guid().transform(toServicePlanId));
const Hash = z.string().transform((hash) => hash as PolicyHash);
const Time = z.number();

export const Reason: z.ZodType<StoredReason> = z.object({
  code: z.string(),
  text: z.string(),
  skuId: SkuIdText.exactOptional(),
  servicePlanIds: PlanIds.exactOptional(),
  rule: z.string().exactOptional(),
});

const License = z.object({ skuId: SkuIdText, disabledPlans: PlanIds });

export const LedgerEntry: z.ZodType<StoredLedgerEntry> = z.object({
  skuId: SkuIdText,
  disabledByUs: PlanIds,
  rules: z.array(z.string()),
  policyHash: Hash,
  adopted: z.boolean(),
  notEntitledSince: Time.nullable(),
  byPin: z.literal(true).exactOptional(),
  lapsedRules: z.array(z.object({ rule: z.string(), since: Time })).exactOptional(),
});

export const State: z.ZodType<UserState> = z.object({
  version: z.number(),
  tries: z.number(),
  outcome: z.string().nullable(),
  reasons: z.array(Reason),
  skus: z.array(
    z.object({
      skuId: SkuIdText,
      outcome: z.string(),
      reason: Reason,
      priority: z.number().exactOptional(),
      fallback: SkuIdText.exactOptional(),
      seeks: z.array(SkuIdText).exactOptional(),
    }),
  ),
  digest: z.string().nullable(),
  policyHash: Hash.nullable(),
  userPrincipalName: z.string().nullable(),
  displayName: z.string().nullable(),
  firstSeenAt: Time,
  foundAt: Time.optional(),
  decidedAt: Time.nullable(),
  decidedBy: z.string().optional(),
  sentVersion: z.number().optional(),
  writtenAt: Time.nullable(),
  verifiedAt: Time.nullable(),
  missingSince: Time.nullable(),
  intent: z
    .object({
      at: Time,
      before: z.array(License),
      add: z.array(License),
      remove: z.array(SkuIdText),
      usageLocation: z.string().nullable(),
      ledger: z.array(LedgerEntry),
      policyHash: Hash,
    })
    .nullable(),
  lastWrite: z
    .object({
      at: Time,
      before: z.array(License),
      after: z.array(License),
      usageLocation: z.string().nullable(),
    })
    .nullable(),
  retry: z
    .object({ token: z.string(), key: z.string(), attempts: z.number(), at: Time, why: Reason })
    .nullable(),
  later: z.array(z.object({ key: z.string(), attempts: z.number(), at: Time, why: Reason })).optional(),
  looks: z.number().default(0),
});

const Origin = z.object({ until: Time.nullable(), why: z.string(), by: z.string(), at: Time });

export const Pin: z.ZodType<StoredException> = Origin.extend({
  skus: z.array(
    z.object({ skuId: SkuIdText, disabledPlans: PlanIds.nullable(), extra: Origin.exactOptional() }),
  ),
  frozen: Origin.exactOptional(),
});

export const Timeline: z.ZodType<TimelineEntry> = z.object({
  version: z.number(),
  step: z.enum(timelineSteps),
  at: Time,
  text: z.string(),
  facts: z.record(z.string(), z.unknown()),
});

export const StoredFailure: z.ZodType<Failure> = z.object({
  subject: z.string(),
  class: z.string(),
  state: z.enum(failureStates),
  reason: Reason,
  suggestedRepair: z.string(),
  firstAt: Time,
  lastAt: Time,
  count: z.number(),
  facts: z.record(z.string(), z.unknown()),
  settledBy: z.object({ by: z.string(), why: z.string().nullable(), at: Time }).exactOptional(),
});

export const StoredCursor = z.object({ value: z.string(), updatedAt: Time });

export const StoredQuota: z.ZodType<QuotaRow> = z.object({
  ratePerSecond: z.number(),
  tokens: z.number(),
  spare: z.number().default(0),
  updatedAt: Time,
  notBefore: Time,
});
