/** The syntax tree of a .NET regular expression, with the options in force written into the nodes. */
export type CharacterSet = {
  readonly negated: boolean;
  readonly items: readonly CharacterSetItem[];
  /** `[a-z-[aeiou]]` */
  readonly subtract: CharacterSet | null;
};

export type CharacterSetItem =
  /** UTF-16 code units, both ends included. */
  | { readonly kind: 'range'; readonly from: number; readonly to: number }
  /** A Unicode general category such as L or Nd. */
  | { readonly kind: 'category'; readonly name: string; readonly negated: boolean }
  /** `\w`, `\D` and the like inside a set. */
  | { readonly kind: 'set'; readonly set: CharacterSet };

export type Assertion =
  'start' | 'end' | 'endOrLastNewline' | 'lineStart' | 'lineEnd' | 'boundary' | 'noBoundary';

export type RegexNode =
  | { readonly kind: 'empty' }
  | { readonly kind: 'set'; readonly set: CharacterSet; readonly ignoreCase: boolean }
  | { readonly kind: 'sequence'; readonly items: readonly RegexNode[] }
  | { readonly kind: 'alternation'; readonly branches: readonly RegexNode[] }
  | {
      readonly kind: 'repeat';
      readonly item: RegexNode;
      readonly min: number;
      /** Infinity: no upper bound. */
      readonly max: number;
      readonly lazy: boolean;
    }
  /** `capture`: its number or name; null: it captures nothing. */
  | { readonly kind: 'group'; readonly item: RegexNode; readonly capture: string | null }
  | { readonly kind: 'atomic'; readonly item: RegexNode }
  | { readonly kind: 'look'; readonly ahead: boolean; readonly negative: boolean; readonly item: RegexNode }
  | { readonly kind: 'assertion'; readonly assertion: Assertion }
  | {
      readonly kind: 'backreference';
      readonly capture: string;
      readonly at: number;
      readonly ignoreCase: boolean;
    }
  /** .NET takes it, this product cannot run it. */
  | { readonly kind: 'unsupported'; readonly what: string };

/** The nodes directly inside a node. */
export function childrenOf(node: RegexNode): readonly RegexNode[] {
  switch (node.kind) {
    case 'sequence':
      return node.items;
    case 'alternation':
      return node.branches;
    case 'repeat':
    case 'group':
    case 'atomic':
    case 'look':
      return [node.item];
    case 'empty':
    case 'set':
    case 'assertion':
    case 'backreference':
    case 'unsupported':
      return [];
  }
}

/** A set of one character, or undefined. */
export function singleCharacter(set: CharacterSet): number | undefined {
  const [item] = set.items;
  const single = !set.negated && set.subtract === null && set.items.length === 1 && item?.kind === 'range';
  return single && item.from === item.to ? item.from : undefined;
}
