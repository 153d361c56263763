import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { getHeapStatistics } from 'node:v8';
import { Worker } from 'node:worker_threads';
import { readTenantFile } from '@auto-licenser/graph-emulator/read-tenant-file';
import { UserError } from '../../shared/kernel/errors';
import { silentLogger } from '../../shared/kernel/logger';
import { rehearse } from '../rehearse';
import type { RehearsalProgress, Rehearsal, RehearseOptions } from '../rehearse';

/** A rehearsal as another thread can be asked for it: data alone. */
export type RehearsalOrder = Omit<RehearseOptions, 'tenant' | 'logger' | 'onProgress'> & {
  /** Path of the tenant file. */
  readonly tenantFile: string;
};

/** What the thread says: how far it is, and in the end what came of it. */
export type ThreadMessage =
  | { readonly progress: RehearsalProgress }
  | { readonly rehearsal: Rehearsal }
  | { readonly refused: RefusedOrder };

export type RefusedOrder = Pick<UserError, 'code' | 'message' | 'hint' | 'details'>;

/**
 * Of a request to the tenant nearly everything is garbage a moment later, but not within the 16 MB that Node gives to
 * what is new: most of it was copied once or twice before. With three times 64 MB a rehearsal takes a third less of the
 * processor's time. Only a thread of its own can be given that much once the process runs.
 */
const maxYoungGenerationSizeMb = 192;
const bytesOfMebibyte = 2 ** 20;

/** What this process may use for what stays; a thread would get less. */
const mostMegabytes = () => Math.floor(getHeapStatistics().heap_size_limit / bytesOfMebibyte);

/** Rehearses what the order says. @throws UserError as `rehearse`, and for a tenant file that cannot be read */
export function carryOut(
  { tenantFile, ...order }: RehearsalOrder,
  onProgress: (progress: RehearsalProgress) => void,
): Promise<Rehearsal> {
  return rehearse({ ...order, tenant: readTenantFile(tenantFile), logger: silentLogger, onProgress });
}

/**
 * Rehearses in a thread of its own; where the product is not built (a test of its sources), in this one.
 * @throws UserError as `carryOut`, and `rehearsal/memory`
 */
export function rehearseInThread(
  order: RehearsalOrder,
  onProgress: (progress: RehearsalProgress) => void,
  script = join(__dirname, 'rehearsing-thread.js'),
): Promise<Rehearsal> {
  if (!existsSync(script)) return carryOut(order, onProgress);
  const worker = new Worker(script, {
    workerData: order,
    resourceLimits: {
      maxYoungGenerationSizeMb,
      maxOldGenerationSizeMb: mostMegabytes(),
    },
  });
  const done = new Promise<Rehearsal>((resolve, reject) => {
    worker.on('error', (error) => reject(asOutOfMemory(error) ?? error));
    worker.on('message', (message: ThreadMessage) => {
      if ('progress' in message) onProgress(message.progress);
      else if ('rehearsal' in message) resolve(message.rehearsal);
      else reject(toUserError(message.refused));
    });
    worker.on('exit', (code) => reject(new Error(`The rehearsal ended early, with code ${String(code)}`)));
  });
  return done.finally(() => worker.terminate());
}

/** https://nodejs.org/api/errors.html#err_worker_out_of_memory */
function asOutOfMemory(error: unknown): UserError | undefined {
  if ((error as { readonly code?: unknown } | null)?.code !== 'ERR_WORKER_OUT_OF_MEMORY') return undefined;
  const now = mostMegabytes();
  return new UserError(
    'rehearsal/memory',
    `The rehearsal needs more than the ${String(now)} MB that it may use`,
    {
      cause: error,
      hint: `Give it more memory, such as NODE_OPTIONS=--max-old-space-size=${String(2 * now)}, or rehearse fewer days.`,
    },
  );
}

/** The error again that it was in the thread: what is sent to another one loses its class. */
export function toUserError({ code, message, hint, details }: RefusedOrder): UserError {
  return new UserError(code, message, { ...(hint === undefined ? {} : { hint }), details });
}

/** A UserError as it is sent to another thread; undefined for any other error. */
export function toRefusedOrder(thrown: unknown): RefusedOrder | undefined {
  if (!(thrown instanceof UserError)) return undefined;
  const { code, message, hint, details } = thrown as UserError;
  return { code, message, hint, details };
}
