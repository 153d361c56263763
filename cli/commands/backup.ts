import { isoTime } from '../../shared/kernel/clock';
import { writeBackup } from '../../shared/ops/backup/write-backup';
import { addExample } from '../options/add-example';
import { printJson } from '../io';
import type { DefineCommand } from '../program';
import { jsonOption } from '../options/rule-options';
import { storePartsOf } from '../target/backup-parts';
import { addTargetOptions, withTarget } from '../target/target';
import type { TargetOptions } from '../target/target';

type Options = TargetOptions & { readonly json?: true };

/** licenser backup FOLDER */
export const define: DefineCommand = (command, { io }) => {
  command.argument('<folder>', 'a new folder, or one whose backup was interrupted: it goes on');
  addExample(
    addTargetOptions(command).addOption(jsonOption()),
    'backup backups/2026-11-30',
    'backup backups/2026-11-30 --target azure --json',
  );
  command.action(async (folder: string, options: Options) => {
    const manifest = await withTarget(options, (target) => {
      const { table, tenantId, newId, now } = storePartsOf(target);
      return writeBackup(folder, {
        table,
        tenantId,
        newId,
        now,
        say: (line) => io.complain(`${line}\n`),
      });
    });
    const tables = Object.fromEntries(
      manifest.tables.map(({ name, parts }) => [name, parts.reduce((sum, { rows }) => sum + rows, 0)]),
    );
    const rows = Object.values(tables).reduce((sum, count) => sum + count, 0);
    const report = { folder, id: manifest.id, takenAt: isoTime(manifest.startedAt), rows, tables };
    if (options.json) printJson(io, report);
    else {
      io.print(
        `${String(rows)} rows are in ${folder}, as of ${report.takenAt}.\n` +
          'It holds names and licenses of users: keep it as you keep those.\n' +
          `Back:\n  licenser restore ${folder} --why REASON\n`,
      );
    }
  });
};
