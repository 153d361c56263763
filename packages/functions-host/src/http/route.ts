import { UserError } from '../../../emulator-kit/src/errors';

/** A compiled route template; `match` gets the path's segments, still percent-encoded. */
export type Route = {
  readonly template: string;
  /** Smaller is more specific and is tried first: literals, then parameters, then the rest of a path. */
  readonly precedence: string;
  match(segments: readonly string[]): Readonly<Record<string, string>> | undefined;
};

type Segment =
  | { readonly kind: 'literal'; readonly text: string }
  | {
      readonly kind: 'parameter' | 'rest';
      readonly name: string;
      readonly optional: boolean;
      readonly accepts: RegExp;
    };

/** https://learn.microsoft.com/aspnet/core/fundamentals/routing#route-constraints */
const constraints: Readonly<Record<string, RegExp>> = {
  alpha: /^[a-z]+$/i,
  bool: /^(true|false)$/i,
  guid: /^\{?[0-9a-f]{8}-?([0-9a-f]{4}-?){3}[0-9a-f]{12}\}?$/i,
  int: /^[+-]?\d{1,10}$/,
  long: /^[+-]?\d{1,19}$/,
};

function refuse(template: string, problem: string): never {
  throw new UserError('functions-host/bad-route', `The route "${template}" ${problem}`, {
    hint: `Use literals, {name}, {name?}, {*rest} and {name:${Object.keys(constraints).join('|')}}.`,
  });
}

function parseSegment(text: string, template: string, isLast: boolean): Segment {
  if (!/[{}]/.test(text)) return { kind: 'literal', text: text.toLowerCase() };
  const found = /^\{(\*{0,2})([A-Za-z_]\w*)(?::(\w+))?(\?)?\}$/.exec(text);
  if (!found) return refuse(template, `has "${text}", which the local functions host does not match`);
  const [, stars = '', name = '', constraint, optional] = found;
  const accepts = constraint === undefined ? /^/ : constraints[constraint];
  if (!accepts) return refuse(template, `has the constraint "${constraint ?? ''}", which is not built`);
  if ((stars || optional) && !isLast) return refuse(template, `has "${text}" before its end`);
  return {
    kind: stars ? 'rest' : 'parameter',
    name,
    optional: optional !== undefined || stars !== '',
    accepts,
  };
}

function decode(segment: string): string | undefined {
  try {
    return decodeURIComponent(segment);
  } catch {
    return undefined;
  }
}

function rank(segment: Segment): string {
  if (segment.kind === 'literal') return '1';
  return segment.kind === 'parameter' ? '3' : '5';
}

/**
 * A route's template as a matcher. Literals match in either case.
 * @throws UserError for a template this host cannot match
 */
export function compileRoute(template: string): Route {
  const texts = template.split('/').filter((text) => text !== '');
  const parts = texts.map((text, at) => parseSegment(text, template, at === texts.length - 1));
  return {
    template,
    precedence: parts.map(rank).join(''),
    match(segments) {
      const params: Record<string, string> = {};
      const open = parts.at(-1)?.kind === 'rest';
      if (segments.length > parts.length && !open) return undefined;
      for (const [at, part] of parts.entries()) {
        const raw = part.kind === 'rest' ? segments.slice(at).join('/') : segments[at];
        if (raw === undefined || raw === '') {
          if (part.kind === 'literal' || !part.optional) return undefined;
          continue;
        }
        const value = decode(raw);
        if (value === undefined) return undefined;
        if (part.kind === 'literal') {
          if (value.toLowerCase() !== part.text) return undefined;
        } else {
          if (!part.accepts.test(value)) return undefined;
          params[part.name] = value;
        }
      }
      return params;
    },
  };
}
