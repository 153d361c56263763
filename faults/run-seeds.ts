import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { Worker } from 'node:worker_threads';
import type { RunResult } from './run';
import type { WorkerAnswer } from './worker';

/** What a day leaves behind is nearly all of it: collected seldom, it costs an eighth of the processor's time less. */
const maxYoungGenerationSizeMb = 192;

/**
 * Runs these seeds, on as many threads as the machine has cores. `onResult`: after each.
 * @throws Error when a run could not be carried out: a fault of the campaign, not of the product
 */
export function runSeeds(
  seeds: readonly number[],
  onResult: (result: RunResult) => void,
): Promise<readonly RunResult[]> {
  const results: RunResult[] = [];
  const waiting = [...seeds];
  const threads = Math.min(availableParallelism(), seeds.length);
  const workers = Array.from(
    { length: threads },
    () => new Worker(join(__dirname, 'worker.js'), { resourceLimits: { maxYoungGenerationSizeMb } }),
  );
  const all = new Promise<readonly RunResult[]>((resolve, reject) => {
    const next = (worker: Worker) => {
      const seed = waiting.shift();
      if (seed !== undefined) worker.postMessage(seed);
      else if (results.length === seeds.length) resolve(results);
    };
    for (const worker of workers) {
      worker.on('error', reject);
      worker.on('message', (answer: WorkerAnswer) => {
        if ('error' in answer) {
          reject(new Error(`Seed ${String(answer.seed)}: ${answer.error}`));
          return;
        }
        results.push(answer.result);
        onResult(answer.result);
        next(worker);
      });
      next(worker);
    }
  });
  return all.finally(() => Promise.all(workers.map((worker) => worker.terminate())));
}
