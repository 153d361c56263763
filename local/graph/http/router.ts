import { GraphFault, malformedRequest } from '../engine/graph-fault';
import type { Route, RouteParams } from './graph-request';

type Compiled = { readonly route: Route; readonly parts: readonly Part[] };
type Part = { readonly name: string | undefined; readonly literal: string };

/** Finds routes by method and path. Routes that come first win. */
export class Router {
  /** By number of segments, the first and, when it is fixed, the last. */
  private readonly byShape = new Map<string, Compiled[]>();

  constructor(routes: readonly Route[]) {
    for (const route of routes) {
      const parts = route.pattern
        .slice(1)
        .split('/')
        .map((text) => {
          const name = /^\{(\w+)\}$/.exec(text)?.[1];
          return { name, literal: text.toLowerCase() };
        });
      const key = shapeKey(parts.length, parts[0]?.literal, parts.at(-1));
      const known = this.byShape.get(key) ?? [];
      known.push({ route, parts });
      this.byShape.set(key, known);
    }
  }

  /** Fixed last segments first: `/users/delta` before `/users/{id}`. */
  private candidates(folded: readonly string[]): Compiled[] {
    const [first] = folded;
    const exact = this.byShape.get(
      shapeKey(folded.length, first, { name: undefined, literal: folded.at(-1) ?? '' }),
    );
    const open = this.byShape.get(shapeKey(folded.length, first, { name: 'any', literal: '' }));
    return exact && open ? [...exact, ...open] : (exact ?? open ?? []);
  }

  /** Throws GraphFault: 405 for a wrong verb, 400 for a path that leads nowhere. */
  find(method: string, segments: readonly string[]): { route: Route; params: RouteParams } {
    const folded = segments.map((segment) => segment.toLowerCase());
    let isKnownPath = false;
    for (const { route, parts } of this.candidates(folded)) {
      if (!parts.every(({ name, literal }, index) => name !== undefined || literal === folded[index]))
        continue;
      if (route.method !== method) {
        isKnownPath = true;
        continue;
      }
      const params: Record<string, string> = {};
      for (const [index, { name }] of parts.entries()) {
        if (name !== undefined) params[name] = segments[index] ?? '';
      }
      return { route, params };
    }
    if (isKnownPath) {
      throw new GraphFault(
        405,
        'Request_BadRequest',
        'Specified HTTP method is not allowed for the request target.',
      );
    }
    const segment = segments.find((text) => text !== '') ?? '';
    throw malformedRequest(
      `Resource not found for the segment '${segments.length > 1 ? (segments.at(-1) ?? '') : segment}'.`,
    );
  }
}

function shapeKey(length: number, first: string | undefined, last: Part | undefined): string {
  return `${length}/${first ?? ''}/${last?.name === undefined ? (last?.literal ?? '') : '*'}`;
}

/**
 * The decoded segments of a path; `users('id')` is `users/id`, `delta()` is `delta`. Throws GraphFault 400.
 */
export function splitPath(path: string): string[] {
  const segments: string[] = [];
  for (const part of path.split('/')) {
    if (part === '') continue;
    const text = decodeSegment(part);
    if (!text.endsWith(')')) {
      segments.push(text);
      continue;
    }
    const key = /^([\w.$]+)\('(.*)'\)$/.exec(text);
    if (key?.[1] !== undefined && key[2] !== undefined) segments.push(key[1], key[2].replaceAll("''", "'"));
    else segments.push(text.endsWith('()') ? text.slice(0, -2) : text);
  }
  return segments;
}

function decodeSegment(part: string): string {
  if (!part.includes('%')) return part;
  try {
    return decodeURIComponent(part);
  } catch {
    throw malformedRequest(`The path segment '${part.slice(0, 100)}' is not valid percent-encoding.`);
  }
}
