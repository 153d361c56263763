import { showSkus } from '../../../shared/ops-api/routes/tenant';
import type { SkuView } from '../../../shared/ops/skus/list-skus';
import { addExample } from '../../options/add-example';
import { printJson } from '../../io';
import type { DefineCommand } from '../../program';
import { paintWord } from '../../render/paint';
import { renderTable } from '../../render/render-table';
import { wrapText } from '../../render/wrap-text';
import { jsonOption } from '../../options/rule-options';
import { addReadOptions, readRoute } from '../../target/read-route';
import type { ReadOptions } from '../../target/read-route';

type Options = ReadOptions & { readonly json?: true };

/** licenser sku list */
export const define: DefineCommand = (command, { io }) => {
  addExample(
    addReadOptions(command, { fromTenant: true }).addOption(jsonOption()),
    'sku list',
    'sku list --json',
  );
  command.action(async (options: Options) => {
    const skus = await readRoute(options, io, showSkus, {});
    if (options.json) printJson(io, skus);
    else io.print(renderSkus(skus));
  });
};

/** SKUs with their seats as a table. */
export function renderSkus(skus: readonly SkuView[]): string {
  if (skus.length === 0) return 'The tenant has no SKUs.\n';
  const table = renderTable(
    [
      { title: 'SKU', flexible: true },
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
    note === null ? [] : [wrapText(`${skuPartNumber}: ${note}`, 78).join('\n  ')],
  );
  return notes.length === 0 ? table : `${table}\n${notes.join('\n')}\n`;
}
