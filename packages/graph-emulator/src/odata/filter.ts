/** An OData $filter as a tree; the subset that Graph's directory knows. */
export type Literal = {
  readonly kind: 'string' | 'number' | 'boolean' | 'null' | 'guid' | 'dateTime';
  readonly value: string | number | boolean | null;
};

/** `a/b`; `isCount`: it ends in `/$count`. */
export type Path = { readonly segments: readonly string[]; readonly isCount: boolean };

export type Comparison = 'eq' | 'ne' | 'gt' | 'ge' | 'lt' | 'le';

export type Filter =
  | { readonly type: 'and' | 'or'; readonly left: Filter; readonly right: Filter }
  | { readonly type: 'not'; readonly inner: Filter }
  | {
      readonly type: 'compare';
      readonly path: Path;
      readonly operator: Comparison;
      readonly literal: Literal;
    }
  | { readonly type: 'in'; readonly path: Path; readonly literals: readonly Literal[] }
  | {
      readonly type: 'call';
      readonly name: 'startswith' | 'endswith';
      readonly path: Path;
      readonly literal: Literal;
    }
  | {
      readonly type: 'any' | 'all';
      readonly path: Path;
      /** Undefined for `any()`: not empty. */
      readonly variable?: string;
      readonly inner?: Filter;
    };
