import { isMap, isScalar, parseDocument } from 'yaml';
import type { Document } from 'yaml';
import { findProduct, partNumbersOf } from '../products/part-numbers';
import type { Problem } from '../problem';
import { readPolicyFile } from './load-policy';
import { skuPlaces } from './sku-places';
import type { SkuPlace } from './sku-places';

/** A SKU that is written in another way than the canonical one. */
export type RenamedSku = {
  readonly line: number;
  readonly column: number;
  readonly from: string;
  readonly to: string;
};

export type FormattedPolicy =
  | {
      readonly kind: 'formatted';
      readonly text: string;
      readonly changes: readonly RenamedSku[];
      /** The policy of the text is another one than before: with an id in place of a name, its hash changes. */
      readonly isOtherHash: boolean;
    }
  /** It cannot be formatted; errors alone. */
  | { readonly kind: 'invalid'; readonly problems: readonly Problem[] };

/**
 * A policy with every SKU under its part number, spelled as Microsoft does; an id that Microsoft's table does not have
 * stays. Everything else, comments and layout too, stays as it is.
 */
export function formatPolicy(text: string, file?: string): FormattedPolicy {
  const before = readPolicyFile(text, file);
  if (before.policy === null) return invalid(before.problems);
  const document = parseDocument(text, { version: '1.2', prettyErrors: false });
  const edits = skuPlaces(before.yaml.content).flatMap((place) => {
    const to = canonicalName(place.reference);
    const range = to === place.reference ? undefined : rangeOf(document, place);
    return range === undefined ? [] : [{ place, to, range }];
  });
  let formatted = text;
  for (const { to, range } of [...edits].sort((a, b) => b.range[0] - a.range[0])) {
    formatted = formatted.slice(0, range[0]) + toScalar(to) + formatted.slice(range[1]);
  }
  const after = readPolicyFile(formatted, file);
  if (after.policy === null) return invalid(after.problems);
  return {
    kind: 'formatted',
    text: formatted,
    changes: edits
      .sort((a, b) => a.range[0] - b.range[0])
      .map(({ place, to, range }) => ({ ...positionOf(text, range[0]), from: place.reference, to })),
    isOtherHash: after.policy.hash !== before.policy.hash,
  };
}

function invalid(problems: readonly Problem[]): FormattedPolicy {
  return { kind: 'invalid', problems: problems.filter(({ severity }) => severity === 'error') };
}

function canonicalName(reference: string): string {
  const [meant = reference] = partNumbersOf(reference);
  return findProduct(meant)?.partNumber ?? meant;
}

/** Where the name itself stands; undefined: it stands elsewhere, and this is an alias of it. */
function rangeOf(document: Document, { path, isKey }: SkuPlace): readonly [number, number] | undefined {
  const parent = isKey ? document.getIn(path.slice(0, -1), true) : undefined;
  const key = isMap(parent)
    ? parent.items.find((item) => isScalar(item.key) && item.key.value === path.at(-1))?.key
    : undefined;
  const node = isKey ? key : document.getIn(path, true);
  return isScalar(node) && node.range ? [node.range[0], node.range[1]] : undefined;
}

/** Plain where YAML takes it for the same text in any place, else in double quotes. */
function toScalar(name: string): string {
  return /^[A-Za-z_][A-Za-z0-9_./-]*$/.test(name) ? name : JSON.stringify(name);
}

function positionOf(text: string, offset: number): { readonly line: number; readonly column: number } {
  const before = text.slice(0, offset).split('\n');
  return { line: before.length, column: (before.at(-1)?.length ?? 0) + 1 };
}
