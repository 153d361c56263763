import { policyFileOf } from '../../shared/config/policy-file';
import { UserError, ensureError } from '../../shared/kernel/errors';
import type { Diagnosis } from '../../shared/ops/doctor/run-doctor';
import { runDoctor } from '../../shared/ops/doctor/run-doctor';
import { fail } from '../../shared/ops/doctor/finding';
import { expectedQueues } from '../../shared/queue/expected-queues';
import { silentLogger } from '../../shared/kernel/logger';
import { gapsReader, statusParts } from '../../shared/wiring-ops';
import { addExample } from '../options/add-example';
import { printJson } from '../io';
import type { Io } from '../io';
import type { DefineCommand } from '../program';
import { paintWord } from '../render/paint';
import { wrapText } from '../render/wrap-text';
import { jsonOption } from '../options/rule-options';
import { addLookOptions, withTarget } from '../target/target';
import type { Target, TargetOptions } from '../target/target';
import { runTenantDoctor } from '../../shared/ops/doctor/check-tenant';
import { readClaims, readWhoIs } from '../../shared/ops/doctor/token-claims';
import { withTenant } from '../target/tenant/with-tenant';
import type { Tenant } from '../target/tenant/with-tenant';

type Options = TargetOptions & { readonly json?: true };

/** licenser doctor */
export const define: DefineCommand = (command, { io, exit }) => {
  addExample(
    addLookOptions(command).addOption(jsonOption()),
    'doctor',
    'doctor --target azure',
    'doctor --target tenant',
  );
  command.action(async (options: Options) => {
    const diagnosis = await diagnose(options, io);
    if (options.json) printJson(io, diagnosis);
    else io.print(renderDiagnosis(diagnosis));
    if (!diagnosis.ok) exit(1);
  });
};

/** A target that cannot be opened is a diagnosis, too. */
async function diagnose(options: Options, io: Io): Promise<Diagnosis> {
  try {
    if (options.target === 'tenant') return await withTenant(options, io, examineTenant);
    return await withTarget(options, examine);
  } catch (thrown) {
    const error = ensureError(thrown);
    if (!(error instanceof UserError)) throw error;
    return { ok: false, checks: [fail('target', error.message, error.hint ?? 'Fix it and try again.')] };
  }
}

function examineTenant({ pipeline, policyFile, credential, settings }: Tenant): Promise<Diagnosis> {
  return runTenantDoctor({
    pipeline,
    policyFile,
    readWhoIs: () => readWhoIs(credential, settings.graphOrigin),
  });
}

function examine({ pipeline, config, credential, inspector }: Target): Promise<Diagnosis> {
  return runDoctor({
    // --target azure looks as the person who is signed in.
    by: 'person',
    pipeline,
    inspector: inspector(),
    policyFile: policyFileOf(config),
    readClaims: () => readClaims(credential, config.graphOrigin),
    expectedQueues,
    status: statusParts(config, credential, silentLogger),
    gaps: gapsReader(config, credential, silentLogger),
  });
}

/** One line a check, what to do below it, and the counts at the end. */
export function renderDiagnosis({ checks }: Diagnosis): string {
  const width = Math.max(...checks.map(({ name }) => name.length)) + 2;
  const indent = ' '.repeat(6 + width);
  const lines = checks.flatMap(({ name, state, text, todo }) => {
    const [first = '', ...rest] = wrapText(text, 80 - indent.length);
    const more = [...rest, ...(todo === null ? [] : wrapText(`> ${todo}`, 80 - indent.length))];
    return [
      `${paintWord(state)}${' '.repeat(6 - state.length)}${name.padEnd(width)}${first}`,
      ...more.map((line) => `${indent}${line}`),
    ];
  });
  const count = (state: string) => String(checks.filter((check) => check.state === state).length);
  return `${lines.join('\n')}\n\n${count('ok')} ok, ${count('warn')} to look at, ${count('fail')} failed\n`;
}
