/** The syntax tree of a membership rule, names as written. Offsets are UTF-16 units into the rule's text. */
export type Located = { readonly start: number; readonly end: number };

export const operators = [
  'eq',
  'ne',
  'startsWith',
  'notStartsWith',
  'endsWith',
  'notEndsWith',
  'contains',
  'notContains',
  'match',
  'notMatch',
  'in',
  'notIn',
  'ge',
  'le',
] as const;
export type Operator = (typeof operators)[number];

export type Quantifier = 'any' | 'all';

/** `user.city`, `_`, `assignedPlan.service`, `group.objectId`: `object` is what stands before the first dot. */
export type Reference = Located & {
  readonly object: string;
  /** Empty for `_`. */
  readonly name: string;
};

export type Literal = Located &
  (
    | { readonly kind: 'string'; readonly value: string }
    | { readonly kind: 'boolean'; readonly value: boolean }
    | { readonly kind: 'null' }
    /** Digits as written. */
    | { readonly kind: 'number'; readonly text: string }
    /** An unquoted date or date-time as written. */
    | { readonly kind: 'date'; readonly text: string }
    | {
        readonly kind: 'now';
        /** An ISO 8601 duration as written. */
        readonly offset: (Located & { readonly sign: 'plus' | 'minus'; readonly duration: string }) | null;
      }
    | { readonly kind: 'list'; readonly items: readonly Literal[] }
  );

export type Expression = Located &
  (
    | {
        readonly kind: 'and' | 'or';
        readonly operands: readonly Expression[];
        /** Written in parentheses of its own. */
        readonly parenthesized: boolean;
      }
    | { readonly kind: 'not'; readonly operand: Expression }
    | {
        readonly kind: 'comparison';
        readonly reference: Reference;
        readonly operator: Operator;
        readonly operatorAt: Located;
        readonly value: Literal;
      }
    | {
        readonly kind: 'quantified';
        readonly reference: Reference;
        readonly quantifier: Quantifier;
        readonly operatorAt: Located;
        readonly body: Expression;
      }
    | { readonly kind: 'directReports'; readonly manager: Literal & { readonly kind: 'string' } }
  );
