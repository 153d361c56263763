import { Option } from 'commander';
import { showPauses } from '../../../shared/ops-api/routes/queues';
import { showMembers, showRollout } from '../../../shared/ops-api/routes/rollouts';
import type { MemberView } from '../../../shared/ops/rollouts/show-rollout';
import { addExample } from '../../options/add-example';
import { printJson } from '../../io';
import { wholeNumber } from '../../options/number-option';
import type { DefineCommand } from '../../program';
import { reportRefusal } from '../../render/refusal';
import { renderMembers, renderRollout } from '../../render/render-rollout';
import { jsonOption } from '../../options/rule-options';
import { addReadOptions, withReader } from '../../target/read-route';
import type { ReadOptions, Reader } from '../../target/read-route';
import { warnOfOldPauses } from '../../watch/warn-old-pauses';
import { memberStates } from '../../../shared/words/rollout';
import type { MemberState } from '../../../shared/words/rollout';

type Options = ReadOptions & {
  readonly json?: true;
  readonly members?: true;
  readonly state?: MemberState;
  readonly limit: number;
  readonly skip: number;
};

/** licenser rollout show ID [--members] [--state STATE] */
export const define: DefineCommand = (command, context) => {
  const { io } = context;
  command
    .argument('<rollout>', 'its id')
    .addOption(new Option('--members', 'its users too: who changed, who did not, and why'))
    .addOption(new Option('--state <state>', 'only users of this state').choices(memberStates))
    .addOption(new Option('--limit <n>', 'so many at most').argParser(wholeNumber(1, 1_000_000)).default(50))
    .addOption(
      new Option('--skip <n>', 'not the first so many').argParser(wholeNumber(0, 10_000_000)).default(0),
    );
  addExample(
    addReadOptions(command).addOption(jsonOption()),
    'rollout show activation-3f9a02c1b7d4',
    'rollout show activation-3f9a02c1b7d4 --members --state failed',
  );
  command.action(async (id: string, { members, state, limit, skip, ...options }: Options) => {
    const wantsMembers = members === true || state !== undefined;
    const found = await reportRefusal(context, () =>
      withReader(options, io, async (read) => ({
        pauses: await read(showPauses, {}),
        view: await read(showRollout, { rollout: id }),
        members: wantsMembers ? await readMembers(read, id, { limit, skip, state }) : null,
      })),
    );
    if (found === undefined) return;
    const { view, members: listed, pauses } = found;
    if (options.json) printJson(io, listed === null ? view : { ...view, users: listed });
    else io.print(`${renderRollout(view)}${listed === null ? '' : `\n${renderMembers(listed, limit)}`}`);
    warnOfOldPauses(io, pauses, options.json === true);
  });
};

/** In portions that the ops API gives. */
async function readMembers(
  read: Reader,
  rollout: string,
  { limit, skip, state }: { limit: number; skip: number; state: MemberState | undefined },
): Promise<readonly MemberView[]> {
  const found: MemberView[] = [];
  for (;;) {
    const portion = Math.min(1_000, limit - found.length);
    const last = found.at(-1);
    const place = last === undefined ? { skip } : { after: last.id };
    const more = await read(showMembers, {
      rollout,
      limit: portion,
      ...place,
      ...(state === undefined ? {} : { state }),
    });
    found.push(...more);
    if (more.length < portion || found.length >= limit) return found;
  }
}
