import { parentPort } from 'node:worker_threads';
import { ensureError } from '../shared/kernel/errors';
import { runScript } from './run';
import type { RunResult } from './run';
import { drawScript } from './script/draw-script';

export type WorkerAnswer = { readonly result: RunResult } | { readonly seed: number; readonly error: string };

/** A thread of the campaign: runs each seed that it is sent, and answers with its result. */
parentPort?.on('message', (seed: number) => {
  runScript(drawScript(seed)).then(
    (result) => parentPort?.postMessage({ result } satisfies WorkerAnswer),
    (thrown: unknown) => {
      const { stack = String(thrown) } = ensureError(thrown);
      parentPort?.postMessage({ seed, error: stack } satisfies WorkerAnswer);
    },
  );
});
