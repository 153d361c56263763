import { z } from 'zod';
import { verdicts } from '../ops/status/cause';

/** Why a person does something: with a letter in it, and short enough for a log line. */
export const Why = z
  .string()
  .trim()
  .max(500)
  .refine((text) => /\p{L}/u.test(text), 'must say why');
export const OptionalWhy = Why.exactOptional();

/** How many entries of a list; a query carries text. */
export const Limit = z.coerce.number().int().min(1).max(200).exactOptional();
export const Cursor = z.string().max(2_000).exactOptional();

/** Characters of JSON; a row holds 480,000, with what is stored beside the text. */
const longestPolicy = 440_000;

/** A policy as its file has it. */
export const PolicyText = z
  .string()
  .min(1)
  .max(longestPolicy)
  .refine((text) => JSON.stringify(text).replace(/[^\x20-\x7e]/g, '      ').length <= longestPolicy, {
    message: `is longer than a row of the tables holds: ${String(longestPolicy)} characters, where one beyond ASCII counts as six`,
  });

export const IsoTime = z.iso.datetime({ offset: true });

/** A page of a list. */
export function pageOf(item: z.ZodType) {
  return z.object({
    items: z.array(item),
    next: z.string().nullable(),
    total: z.object({ value: z.number(), exact: z.boolean() }).nullable(),
  });
}

export type Page<Item> = {
  readonly items: readonly Item[];
  /** The cursor of the next page; null: this is the last one. */
  readonly next: string | null;
  /** null: counting would read everything. */
  readonly total: { readonly value: number; readonly exact: boolean } | null;
};

export const LongOperationView = z.object({
  id: z.string(),
  route: z.string(),
  state: z.enum(['queued', 'running', 'done', 'failed']),
  by: z.string(),
  why: z.string().nullable(),
  askedAt: z.string(),
  startedAt: z.string().nullable(),
  endedAt: z.string().nullable(),
  progress: z.object({ done: z.number(), total: z.number() }).nullable(),
  result: z.unknown(),
  problem: z.record(z.string(), z.unknown()).nullable(),
});
export type LongOperationView = z.infer<typeof LongOperationView>;

export const ApprovalView = z.object({
  id: z.string(),
  route: z.string(),
  state: z.enum(['open', 'approved', 'rejected', 'expired']),
  by: z.string(),
  why: z.string(),
  askedAt: z.string(),
  expiresAt: z.string(),
  text: z.string(),
  count: z.number(),
  decidedBy: z.string().nullable(),
  operation: z.string().nullable(),
});
export type ApprovalView = z.infer<typeof ApprovalView>;

/** A pause in force. */
export const Pause = z.looseObject({
  scope: z.string(),
  origin: z.string(),
  reason: z.string(),
  by: z.string(),
  at: z.string(),
});
/** Depth and age of a queue; null: not known. */
export const Queue = z.object({
  queue: z.string(),
  exists: z.boolean(),
  active: z.number().nullable(),
  scheduled: z.number().nullable(),
  deadLettered: z.number().nullable(),
  oldestAgeMs: z.number().nullable(),
  missing: z.string().nullable(),
});
/** Are users being licensed, and what stands against it. */
export const Verdict = z.object({
  verdict: z.enum(verdicts),
  since: z.string().nullable(),
  causes: z.array(
    z.object({
      code: z.string(),
      since: z.string().nullable(),
      users: z.number().nullable(),
      text: z.string(),
      todo: z.string(),
      subject: z.string().optional(),
      action: z.string().optional(),
    }),
  ),
});
