import { z } from 'zod';
import { toGroupId, toServicePlanId, toSkuId, toUserId } from '../kernel/ids';
import type { PolicyHash } from '../kernel/ids';

/**
 * What the shapes in this room are made of. Each shape is a zod schema, and its type is inferred from it, so the two
 * cannot differ. A property that a newer version adds is dropped on reading: two versions run side by side during a
 * deployment.
 */
export const userIdField = z.guid().transform(toUserId);
export const skuIdField = z.guid().transform(toSkuId);
export const groupIdField = z.guid().transform(toGroupId);
export const servicePlanIdField = z.guid().transform(toServicePlanId);
export const servicePlanIdsField = z.array(servicePlanIdField);
export const policyHashField = z.string().transform((hash) => hash as PolicyHash);
/** The first and the last time that JavaScript has, https://tc39.es/ecma262/#sec-time-values-and-time-range */
const endOfTime = 8_640_000_000_000_000;
/** Milliseconds since 1970-01-01T00:00:00Z. Nothing that could not be shown as a date: a damaged row is told apart so. */
export const timeField = z.number().min(-endOfTime).max(endOfTime);
/** How many, or how often. */
export const countField = z.int().min(0);

/** The value that a schema gives, read only at every depth. */
export type Shape<Schema extends z.ZodType> = ReadonlyDeep<z.output<Schema>>;

type ReadonlyDeep<Value> = Value extends string | number | boolean | null | undefined
  ? Value
  : Value extends readonly (infer _)[]
    ? { readonly [Index in keyof Value]: ReadonlyDeep<Value[Index]> }
    : Value extends object
      ? { readonly [Key in keyof Value]: ReadonlyDeep<Value[Key]> }
      : Value;
