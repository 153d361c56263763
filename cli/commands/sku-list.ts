import { listSkus } from '../../shared/ops/list-skus';
import type { SkuView } from '../../shared/ops/list-skus';
import { addExample } from '../add-example';
import { printJson } from '../io';
import type { DefineCommand } from '../program';
import { paintWord } from '../render/paint';
import { renderTable } from '../render/render-table';
import { labeled } from '../render/wrap-text';
import { jsonOption } from '../rule-options';
import { addTargetOptions, withTarget } from '../target';
import type { TargetOptions } from '../target';

type Options = TargetOptions & { readonly json?: true };

/** licenser sku list */
export const defineSkuList: DefineCommand = (command, { io }) => {
  addExample(addTargetOptions(command).addOption(jsonOption()), 'sku list', 'sku list --json');
  command.action(async (options: Options) => {
    const skus = await withTarget(options, ({ pipeline }) => listSkus(pipeline));
    if (options.json) printJson(io, skus);
    else io.print(renderSkus(skus));
  });
};

export function renderSkus(skus: readonly SkuView[]): string {
  if (skus.length === 0) return 'The tenant has no SKUs.\n';
  const table = renderTable(
    [
      { title: 'SKU' },
      { title: 'status' },
      { title: 'seats', align: 'right' },
      { title: 'taken', align: 'right' },
      { title: 'free', align: 'right' },
      { title: 'plans', align: 'right' },
      { title: 'for users' },
    ],
    skus.map(({ skuPartNumber, capabilityStatus, seats, plans, assignable }) => [
      skuPartNumber,
      paintWord(capabilityStatus),
      String(seats.enabled),
      String(seats.consumed),
      String(seats.free),
      String(plans),
      assignable ? 'yes' : 'no',
    ]),
  );
  const notes = skus.flatMap(({ skuPartNumber, note }) =>
    note === null ? [] : [labeled(`${skuPartNumber}:`, note, 80, Math.max(11, skuPartNumber.length + 2))],
  );
  return notes.length === 0 ? table : `${table}\n${notes.join('\n')}\n`;
}
