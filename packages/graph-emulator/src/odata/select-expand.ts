import { GraphFault, malformedRequest } from '../engine/graph-fault';
import { isExtension } from '../engine/users/directory-properties';
import type { PropertyRule } from '../engine/users/directory-properties';

type Rules = Readonly<Record<string, PropertyRule>>;

/**
 * The selected property names, without repetition; undefined: not asked.
 * @throws GraphFault 400
 */
export function parseSelect(text: string | undefined, rules: Rules, type: string): string[] | undefined {
  if (text === undefined) return undefined;
  const names = text.split(',').map((name) => name.trim());
  if (names.includes('*')) return undefined;
  const found = new Set<string>();
  for (const name of names) {
    // Case counts (https://learn.microsoft.com/graph/query-parameters); extensions are taken on trust.
    const isKnown = Object.hasOwn(rules, name) || (type === 'user' && isExtension(name));
    if (name === '' || !isKnown) {
      throw malformedRequest(
        name === ''
          ? 'Parsing OData Select and Expand failed: an empty term was found.'
          : `Parsing OData Select and Expand failed: Could not find a property named '${name}' on type 'microsoft.graph.${type}'.`,
      );
    }
    found.add(name);
  }
  return [...found];
}

/** Properties that other services keep cannot be listed: Graph answers 501. */
export function refuseElsewhere(select: readonly string[] | undefined, rules: Rules): void {
  const name = select?.find((property) => rules[property]?.isElsewhere);
  if (name) throw new GraphFault(501, 'NotImplemented', `The property '${name}' is not supported here.`);
}

/** One expanded navigation property with the properties selected inside. */
export type Expand = { readonly name: string; readonly select: readonly string[] | undefined };

/**
 * `$expand=name` or `$expand=name($select=a,b)`; the directory takes one.
 * @throws GraphFault 400
 */
export function parseExpand(
  text: string | undefined,
  targets: Readonly<Record<string, Rules>>,
  type: string,
): Expand | undefined {
  if (text === undefined) return undefined;
  const match = /^\s*(\w+)\s*(?:\(\s*\$select\s*=\s*([\w,\s]*)\)\s*)?$/.exec(text);
  const name = match?.[1];
  if (!match || name === undefined) {
    throw malformedRequest(
      `Parsing OData Select and Expand failed: the term '${text.slice(0, 80)}' is not supported.`,
    );
  }
  const rules = Object.hasOwn(targets, name) ? targets[name] : undefined;
  if (!rules) {
    throw malformedRequest(
      `Parsing OData Select and Expand failed: Could not find a property named '${name}' on type 'microsoft.graph.${type}'.`,
    );
  }
  return { name, select: parseSelect(match[2], rules, 'directoryObject') };
}
