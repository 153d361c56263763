import { parseDocument } from 'yaml';

/**
 * A policy that observes, as it would be once it enforces; undefined: it enforces already, or it is no YAML, which reading
 * it as a policy will say.
 */
export function enforcedPolicy(text: string): string | undefined {
  const document = parseDocument(text);
  if (document.errors.length > 0 || document.get('mode') !== 'observe') return undefined;
  document.set('mode', 'enforce');
  return document.toString();
}
