import { appendFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Option } from 'commander';
import { restoreBackup } from '../../shared/ops/backup/restore-backup';
import { addExample } from '../options/add-example';
import { printJson } from '../io';
import { addOperatorOptions, requiredWhy } from '../options/operator-options';
import type { OperatorOptions } from '../options/operator-options';
import type { DefineCommand } from '../program';
import { jsonOption } from '../options/rule-options';
import { storePartsOf, whoIs } from '../target/backup-parts';
import { addTargetOptions, withTarget } from '../target/target';

type Options = OperatorOptions & { readonly json?: true; readonly force?: true };

/** licenser restore FOLDER */
export const define: DefineCommand = (command, { io }) => {
  command.argument('<folder>', 'what licenser backup wrote');
  command.addOption(
    new Option('--force', 'into a store that has rows: those of the backup replace those that are there'),
  );
  addOperatorOptions(addTargetOptions(command).addOption(jsonOption()), { why: 'required' });
  addExample(command, 'restore backups/2026-11-30 --why "the storage account was deleted" --target azure');
  command.action(async (folder: string, options: Options) => {
    const { why } = requiredWhy(options);
    const notClaimed = join(folder, 'not-claimed.csv');
    const report = await withTarget(options, async (target) => {
      const parts = storePartsOf(target);
      return restoreBackup(folder, {
        ...parts,
        force: options.force === true,
        by: await whoIs(target.credential, target.config.graphOrigin),
        why,
        noteNotClaimed: (found) =>
          appendFile(
            notClaimed,
            found.map(({ userId, skuId, why: cause }) => `${userId},${skuId},${cause}\n`).join(''),
            { mode: 0o600 },
          ),
        say: (line) => io.complain(`${line}\n`),
      });
    });
    const { ledger } = report;
    if (options.json) printJson(io, { ...report, notClaimed });
    else {
      io.print(
        `Restored ${String(report.rows)} rows of ${String(report.users)} users, as of ${report.takenAt}.\n` +
          `Licenses that the product calls its own: ${String(ledger.kept)}. Not any more: ${String(ledger.changed)} that ` +
          `were changed since, ${String(ledger.gone)} that are gone (${notClaimed}).\n` +
          'Deciding and writing are paused. Look at what would change, then let them go on:\n' +
          '  licenser plan\n  licenser queue resume intake --why REASON\n  licenser queue resume apply --why REASON\n' +
          '  licenser census start\n',
      );
    }
  });
};
