import { GraphFault, malformedRequest } from '../engine/graph-fault';
import type { Route, RouteParams } from './graph-request';

type Compiled = {
  readonly route: Route;
  /** Names of the segments that may be anything; undefined: a fixed one. */
  readonly names: readonly (string | undefined)[];
};

/** Where the routes stand that share the segments so far. */
class Junction {
  readonly fixed = new Map<string, Junction>();
  open: Junction | undefined;
  readonly routes: Compiled[] = [];
}

/** Finds routes by method and path. A fixed segment goes before an open one: `/users/delta` before `/users/{id}`. */
export class Router {
  private readonly root = new Junction();

  constructor(routes: readonly Route[]) {
    for (const route of routes) {
      const names: (string | undefined)[] = [];
      let junction = this.root;
      for (const text of route.pattern.slice(1).split('/')) {
        const name = /^\{(\w+)\}$/.exec(text)?.[1];
        names.push(name);
        junction = name === undefined ? enter(junction, text) : (junction.open ??= new Junction());
      }
      junction.routes.push({ route, names });
    }
  }

  /** @throws GraphFault 405 for a wrong verb, 400 for a path that leads nowhere */
  find(method: string, segments: readonly string[]): { route: Route; params: RouteParams } {
    const ends: Junction[] = [];
    collect(this.root, segments, 0, ends);
    for (const { routes } of ends) {
      for (const { route, names } of routes) {
        if (route.method === method) return { route, params: toParams(names, segments) };
      }
    }
    if (ends.length > 0) {
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

function enter(junction: Junction, literal: string): Junction {
  const folded = literal.toLowerCase();
  const next = junction.fixed.get(folded) ?? new Junction();
  // As nearly everybody writes it, and as everybody may.
  junction.fixed.set(literal, next).set(folded, next);
  return next;
}

/** Every end of the path that has routes, the more fixed first. */
function collect(junction: Junction, segments: readonly string[], at: number, ends: Junction[]): void {
  const segment = segments[at];
  if (segment === undefined) {
    if (junction.routes.length > 0) ends.push(junction);
    return;
  }
  if (junction.fixed.size > 0) {
    const next = junction.fixed.get(segment) ?? junction.fixed.get(segment.toLowerCase());
    if (next) collect(next, segments, at + 1, ends);
  }
  if (junction.open) collect(junction.open, segments, at + 1, ends);
}

function toParams(names: readonly (string | undefined)[], segments: readonly string[]): RouteParams {
  const params: Record<string, string> = {};
  for (let index = 0; index < names.length; index += 1) {
    const name = names[index];
    if (name !== undefined) params[name] = segments[index] ?? '';
  }
  return params;
}

/**
 * The decoded segments of a path; `users('id')` is `users/id`, `delta()` is `delta`.
 * @throws GraphFault 400
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
