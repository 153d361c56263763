import { table } from 'made:routes';
import type { OpsRoute } from '../../shared/ops-api/route';
import type { RoutesByName } from '../../shared/ops-api/routes/all-routes';

type Names<File extends keyof RoutesByName> = `${File}.${keyof RoutesByName[File] & string}`;
/** A route of the ops API as its declaration names it, such as `failures.showFailures`. */
export type RouteName = { [File in keyof RoutesByName]: Names<File> }[keyof RoutesByName];

type RouteOf<Name extends RouteName> = Name extends `${infer File}.${infer Route}`
  ? File extends keyof RoutesByName
    ? Route extends keyof RoutesByName[File]
      ? RoutesByName[File][Route]
      : never
    : never
  : never;

/** What a route takes, and what its work gives: both from the route's own declaration. */
export type Input<Name extends RouteName> =
  RouteOf<Name> extends OpsRoute<infer Given, infer _Answer> ? Given : never;
export type Answer<Name extends RouteName> =
  RouteOf<Name> extends OpsRoute<infer _Given, infer Found> ? Found : never;

export type PreparedCall = { readonly method: 'GET' | 'POST'; readonly path: string; readonly body?: string };

/** Method, path with its parameters and query, and the body of a POST. Names and reasons travel in bodies alone. */
export function prepareCall(name: RouteName, input: Readonly<Record<string, unknown>>): PreparedCall {
  const [method = 'get', template = '/'] = (table[name] ?? '').split(' ');
  const rest = { ...input };
  const path = template.replace(/\{(\w+)\}/g, (_whole, parameter: string) => {
    const value = String(rest[parameter]);
    delete rest[parameter];
    return encodeURIComponent(value);
  });
  if (method === 'post') return { method: 'POST', path, body: JSON.stringify(rest) };
  const query = new URLSearchParams(
    Object.entries(rest)
      .filter(([, value]) => value !== undefined)
      .map(([key, value]): [string, string] => [key, String(value)]),
  ).toString();
  return { method: 'GET', path: query === '' ? path : `${path}?${query}` };
}
