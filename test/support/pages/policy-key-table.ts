import { defaultOf, keysOf } from '../../../shared/policy/file/schema-walk';
import type { Schema } from '../../../shared/policy/file/schema-walk';

/** The keys of a map in the policy file as a Markdown table: the key, its description, its default. */
export function keyTable(schema: Schema): string {
  const rows = Object.entries(keysOf(schema) ?? {}).map(
    ([key, inner]) => `| \`${key}\` | ${descriptionOf(inner)} | ${defaultText(inner)} |`,
  );
  return ['| key | means | default |', '| --- | --- | --- |', ...rows].join('\n');
}

type Described = { readonly description?: string; safeParse(value: unknown): { readonly success: boolean } };

function descriptionOf(schema: Schema): string {
  return (schema as unknown as Described).description ?? '';
}

function defaultText(schema: Schema): string {
  if (!(schema as unknown as Described).safeParse(undefined).success && !isOptional(schema))
    return 'required';
  const value = defaultOf(schema);
  if (value === undefined) return '';
  if (Array.isArray(value) || typeof value === 'object') {
    const values = Object.values(value as object);
    return values.length === 0 ? 'none' : values.map((one) => `\`${String(one)}\``).join(', ');
  }
  return `\`${typeof value === 'string' ? value : JSON.stringify(value)}\``;
}

function isOptional(schema: Schema): boolean {
  return schema._zod.optin === 'optional';
}
