import { describeCandidates, partNumbersOf } from '../products/part-numbers';
import type { PolicyFile } from './policy-schema';
import type { Report } from './policy-report';
import { skuPlaces } from './sku-places';
import type { YamlSource } from './yaml-source';

/**
 * The file with every SKU under its part number, or its id, where it is named as people do ("Microsoft 365 E3",
 * `contoso:EMS`): what the file says is the same, and so is its hash. A name of several SKUs is reported as an error.
 */
export function nameProducts(file: PolicyFile, yaml: YamlSource, report: Report): PolicyFile {
  for (const { path, reference, isKey } of skuPlaces(yaml.content)) {
    const meant = partNumbersOf(reference);
    if (meant.length < 2) continue;
    const [parent, key] = [path.slice(0, -1), String(path.at(-1))];
    report(
      'error',
      'policy/ambiguous-sku',
      `${reference} is the name of several SKUs: ${describeCandidates(meant)}`,
      isKey ? yaml.positionOfKey(parent, key) : yaml.positionOf(path),
      path,
      'Name the one you mean by its part number.',
    );
  }
  const keys = <Value>(map: Readonly<Record<string, Value>>, path: readonly (string | number)[]) =>
    renameKeys(map, (reference, other) =>
      report(
        'error',
        'policy/duplicate-sku',
        `${reference} and ${other} are the same SKU`,
        yaml.positionOfKey(path, reference),
        [...path, reference],
      ),
    );
  return {
    ...file,
    exclusive: file.exclusive.map((group) => group.map(partNumber)),
    rules: file.rules.map((rule) => ({
      ...rule,
      assign: rule.assign.map((grant) => ({
        ...grant,
        sku: partNumber(grant.sku),
        fallback: grant.fallback.map(partNumber),
      })),
    })),
    adopt: file.adopt.map(partNumber),
    prices: keys(file.prices, ['prices']),
    tests: file.tests.map((test, index) => ({
      ...test,
      expect: keys(test.expect, ['tests', index, 'expect']),
    })),
  };
}

/** What a name stands for, when that is one SKU. */
function partNumber(reference: string): string {
  const meant = partNumbersOf(reference);
  return meant.length === 1 ? (meant[0] ?? reference) : reference;
}

function renameKeys<Value>(
  map: Readonly<Record<string, Value>>,
  onSame: (reference: string, other: string) => void,
): Record<string, Value> {
  const first = new Map<string, string>();
  const renamed: [string, Value][] = [];
  for (const [reference, value] of Object.entries(map)) {
    const name = partNumber(reference);
    const other = first.get(name);
    if (other !== undefined && name !== reference) onSame(reference, other);
    first.set(name, reference);
    renamed.push([name, value]);
  }
  return Object.fromEntries(renamed);
}
