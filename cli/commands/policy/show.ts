import { showPolicy } from '../../../shared/ops-api/routes/policies';
import { addExample } from '../../options/add-example';
import { printJson } from '../../io';
import type { DefineCommand } from '../../program';
import { reportRefusal } from '../../render/refusal';
import { jsonOption } from '../../options/rule-options';
import { addReadOptions, readRoute } from '../../target/read-route';
import type { ReadOptions } from '../../target/read-route';
import { visibleDocument } from '../../visible-text';

type Options = ReadOptions & { readonly json?: true };

/** licenser policy show [HASH] */
export const define: DefineCommand = (command, context) => {
  const { io } = context;
  command.argument('[policy]', 'active, candidate, or the beginning of a hash', 'active');
  addExample(
    addReadOptions(command).addOption(jsonOption()),
    'policy show',
    'policy show 3f9a02 > earlier.yaml',
  );
  command.action(async (hash: string, options: Options) => {
    // Its lines are its own: the text is printed as it was activated.
    const shown = await reportRefusal(context, () =>
      readRoute({ ...options, json: true }, io, showPolicy, { hash }),
    );
    if (shown === undefined) return;
    if (options.json) printJson(io, shown);
    else io.print(visibleDocument(shown.text.endsWith('\n') ? shown.text : `${shown.text}\n`));
  });
};
