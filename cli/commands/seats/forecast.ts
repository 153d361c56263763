import { showForecast } from '../../../shared/ops-api/routes/history';
import type { SeatForecast } from '../../../shared/ops/seats/forecast-seats';
import { addExample } from '../../options/add-example';
import { addAsOption } from '../../options/operator-options';
import { jsonOption } from '../../options/rule-options';
import { printJson } from '../../io';
import type { DefineCommand } from '../../program';
import { renderTable } from '../../render/render-table';
import { withOps } from '../../target/ops-target';
import type { OpsOptions } from '../../target/ops-target';
import { addTargetOptions } from '../../target/target';

type Options = OpsOptions & { readonly json?: true };

/** licenser seats forecast */
export const define: DefineCommand = (command, { io }) => {
  addExample(addAsOption(addTargetOptions(command)).addOption(jsonOption()), 'seats forecast');
  command.action(async (options: Options) => {
    const forecasts = await withOps(options, io, (ops) => ops.call(showForecast, {}));
    if (options.json) printJson(io, forecasts);
    else io.print(renderForecasts(forecasts));
  });
};

/** One SKU a line: seats, how many are taken a day, and when they run out. */
export function renderForecasts(
  forecasts: readonly (SeatForecast & { readonly skuPartNumber: string })[],
): string {
  if (forecasts.length === 0)
    return 'There is no history of seats yet: the first sample is taken within an hour.\n';
  return renderTable(
    [
      { title: 'SKU', flexible: true },
      { title: 'taken', align: 'right' },
      { title: 'seats', align: 'right' },
      { title: 'a day', align: 'right' },
      { title: 'runs out' },
      { title: 'note', flexible: true },
    ],
    forecasts.map(({ skuPartNumber, consumed, enabled, perDay, runsOutAt, note }) => [
      skuPartNumber,
      String(consumed),
      String(enabled),
      perDay === null ? '' : perDay.toFixed(1),
      runsOutAt === null ? (note === null ? 'not within a year' : 'unknown') : runsOutAt.slice(0, 10),
      note ?? '',
    ]),
  );
}
