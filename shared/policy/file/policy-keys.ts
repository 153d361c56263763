import { z } from 'zod';
import { PolicyFile } from './policy-schema';

type Schema = z.core.$ZodType;

/** The schema without what optional, default and the like wrap around it. */
function unwrap(schema: Schema): Schema {
  const { def } = schema._zod as unknown as { def: { innerType?: Schema; in?: Schema } };
  const inner = def.innerType ?? def.in;
  return inner === undefined ? schema : unwrap(inner);
}

/** The keys that a policy file may have at a path; none where it is not an object. */
export function keysAt(path: readonly (string | number)[]): string[] {
  let schema = unwrap(PolicyFile);
  for (const key of path) {
    if (schema instanceof z.ZodObject) {
      const next = (schema.shape as Readonly<Record<string, Schema>>)[String(key)];
      if (next === undefined) return [];
      schema = unwrap(next);
    } else if (schema instanceof z.ZodArray) {
      schema = unwrap(schema.element);
    } else if (schema instanceof z.ZodRecord) {
      schema = unwrap(schema.valueType);
    } else {
      return [];
    }
  }
  const options = schema instanceof z.ZodUnion ? (schema.options as Schema[]).map(unwrap) : [schema];
  return options.flatMap((option) => (option instanceof z.ZodObject ? Object.keys(option.shape) : []));
}
