import { z } from 'zod';

export type Schema = z.core.$ZodType;

/** The schema without what optional, default and the like wrap around it. */
export function unwrap(schema: Schema): Schema {
  const inner = innerOf(schema);
  return inner === undefined ? schema : unwrap(inner);
}

/** The value of an absent key; undefined: it has none. */
export function defaultOf(schema: Schema): unknown {
  if (schema instanceof z.ZodDefault) return schema.def.defaultValue;
  const inner = innerOf(schema);
  return inner === undefined ? undefined : defaultOf(inner);
}

/** The schema of each key of a map whose keys are fixed; undefined: it is no such map. */
export function keysOf(schema: Schema): Readonly<Record<string, Schema>> | undefined {
  const bare = unwrap(schema);
  return bare instanceof z.ZodObject ? bare.shape : undefined;
}

/** The schema of the items of a list, or of the values of a map whose keys are free; undefined: it is neither. */
export function itemsOf(schema: Schema): Schema | undefined {
  const bare = unwrap(schema);
  if (bare instanceof z.ZodArray) return bare.element;
  return bare instanceof z.ZodRecord ? bare.valueType : undefined;
}

/** The schema itself, or the schemas between which it leaves the choice. */
export function choicesOf(schema: Schema): readonly Schema[] {
  const bare = unwrap(schema);
  return bare instanceof z.ZodUnion ? bare.options : [bare];
}

function innerOf(schema: Schema): Schema | undefined {
  const { def } = schema._zod as unknown as { def: { innerType?: Schema; in?: Schema } };
  return def.innerType ?? def.in;
}
