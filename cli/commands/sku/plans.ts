import { showSku } from '../../../shared/ops-api/routes/tenant';
import type { SkuPlansView } from '../../../shared/ops/skus/show-sku-plans';
import { addExample } from '../../options/add-example';
import { printJson } from '../../io';
import type { DefineCommand } from '../../program';
import { paintWord } from '../../render/paint';
import { renderTable } from '../../render/render-table';
import { labeled, wrapText } from '../../render/wrap-text';
import { jsonOption } from '../../options/rule-options';
import { addReadOptions, readRoute } from '../../target/read-route';
import type { ReadOptions } from '../../target/read-route';

type Options = ReadOptions & { readonly json?: true };

/** licenser sku plans SKU */
export const define: DefineCommand = (command, { io }) => {
  command.argument('<sku>', 'part number, such as EMS, or id of a SKU');
  addExample(addReadOptions(command, { fromTenant: true }).addOption(jsonOption()), 'sku plans EMS');
  command.action(async (reference: string, options: Options) => {
    const view = await readRoute(options, io, showSku, { sku: reference });
    if (options.json) printJson(io, view);
    else io.print(renderPlans(view));
  });
};

/** The service plans of one SKU as a table. */
export function renderPlans(view: SkuPlansView): string {
  const { seats } = view;
  const head = [
    `${view.skuPartNumber}  ${view.skuId}`,
    labeled('status', paintWord(view.capabilityStatus)),
    labeled('seats', `${String(seats.enabled)}, ${String(seats.consumed)} taken, ${String(seats.free)} free`),
    ...(view.note === null ? [] : [labeled(view.assignable ? 'note' : 'not for users', view.note, 80, 15)]),
  ].join('\n');
  const table = renderTable(
    [{ title: 'plan', flexible: true }, { title: 'status' }, { title: 'id' }],
    view.plans.map(({ servicePlanName, provisioningStatus, servicePlanId, appliesTo }) => [
      `${servicePlanName}${appliesTo === 'Company' ? ' *' : ''}`,
      paintWord(provisioningStatus),
      servicePlanId,
    ]),
  );
  const foot = view.plans.some(({ appliesTo }) => appliesTo === 'Company')
    ? `\n${wrapText('* Comes with the SKU for the whole organization: it cannot be switched off for a user.', 80).join('\n')}\n`
    : '';
  return `${head}\n\n${table}${foot}`;
}
