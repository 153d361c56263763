import type { DotnetRegex } from '../../regex/dotnet-regex';
import type { Attribute } from '../attributes/attribute';
import type { IsoDuration } from '../../../kernel/iso-duration';
import type { Located, Operator, Quantifier } from '../syntax/syntax';

/** A value after the type check: it suits the attribute and the operator. */
export type CheckedValue =
  | { readonly kind: 'null' }
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'texts'; readonly texts: readonly string[] }
  | { readonly kind: 'boolean'; readonly value: boolean }
  /** Milliseconds since the epoch. */
  | { readonly kind: 'moment'; readonly at: number }
  | {
      readonly kind: 'now';
      readonly offset: { readonly sign: 1 | -1; readonly duration: IsoDuration } | null;
    }
  | { readonly kind: 'pattern'; readonly regex: DotnetRegex };

export type Comparison = Located & {
  readonly kind: 'comparison';
  readonly attribute: Attribute;
  readonly operator: Operator;
  readonly value: CheckedValue;
};

export type Quantified = Located & {
  readonly kind: 'quantified';
  readonly attribute: Attribute;
  readonly quantifier: Quantifier;
  readonly body: CheckedExpression;
};

export type DirectReports = Located & { readonly kind: 'directReports'; readonly managerId: string };

export type CheckedExpression =
  | (Located & {
      readonly kind: 'and' | 'or';
      readonly operands: readonly CheckedExpression[];
      readonly parenthesized: boolean;
    })
  | (Located & { readonly kind: 'not'; readonly operand: CheckedExpression })
  | Comparison
  | Quantified
  | DirectReports;
