import { showPolicies } from '../../../shared/ops-api/routes/policies';
import type { PolicyView } from '../../../shared/ops/policies/list-policies';
import { addExample } from '../../options/add-example';
import { printJson } from '../../io';
import type { DefineCommand } from '../../program';
import { renderTable } from '../../render/render-table';
import { renderTime } from '../../render/render-time';
import { jsonOption } from '../../options/rule-options';
import { addReadOptions, readRoute } from '../../target/read-route';
import type { ReadOptions } from '../../target/read-route';

type Options = ReadOptions & { readonly json?: true };

/** licenser policy list */
export const define: DefineCommand = (command, { io }) => {
  addExample(addReadOptions(command).addOption(jsonOption()), 'policy list');
  command.action(async (options: Options) => {
    const found = await readRoute(options, io, showPolicies, {});
    if (options.json) printJson(io, found);
    else io.print(renderPolicies(found));
  });
};

function renderPolicies(found: readonly PolicyView[]): string {
  if (found.length === 0) return 'No policy is stored yet: the app stores its first one when it starts.\n';
  return renderTable(
    [{ title: 'policy' }, { title: 'standing' }, { title: 'stored (UTC)' }, { title: 'by', flexible: true }],
    found.map(({ hash, standing, storedAt, by }) => [
      hash.slice(0, 12),
      standing,
      renderTime(storedAt).slice(0, 16),
      by,
    ]),
  );
}
