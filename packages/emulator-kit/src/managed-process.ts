import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { createInterface } from 'node:readline';
import { AppError } from './errors';

export type ProcessExit = {
  readonly name: string;
  readonly pid: number;
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
};

export type ManagedProcessOptions = {
  readonly name: string;
  /** Absolute path of a JavaScript file that announces itself (local/child-process.ts). */
  readonly entry: string;
  /** Asked at every start, so that a restart can take the port of the first one. */
  readonly args: () => readonly string[];
  readonly env: () => Readonly<Record<string, string>>;
  readonly cwd: string;
  /** Milliseconds until a starting process counts as stuck, on a busy machine too; default 120 s. */
  readonly startLimitMs?: number | undefined;
  /** Called as soon as there is a process: before it has done anything. */
  readonly onSpawn?: ((pid: number) => void) | undefined;
  /** One line of the process's stderr. */
  readonly onLine: (line: string) => void;
  /** Called when the process ends without a call of `kill` or `stop`. */
  readonly onUnexpectedExit: (exit: ProcessExit) => void;
};

/** Short-lived objects of a crowd of messages die young with more room; the default of 16 MB costs a tenth more. */
const nodeOptions = ['--max-semi-space-size=32'];
const usualStartLimitMs = 120_000;
const keptLines = 20;

/** A child process with an IPC channel: started until it is ready, killed, started again, stopped. */
export class ManagedProcess {
  readonly name: string;
  readonly #options: ManagedProcessOptions;
  #child: ChildProcess | undefined;
  #exited: Promise<void> = Promise.resolve();
  #isExitExpected = false;

  constructor(options: ManagedProcessOptions) {
    this.name = options.name;
    this.#options = options;
  }

  /** 0 while it does not run. */
  get pid(): number {
    return this.#child?.pid ?? 0;
  }

  /**
   * Resolves with the facts of its ready message.
   * @throws AppError when it ends or hangs before that
   */
  async start(): Promise<Readonly<Record<string, unknown>>> {
    const { entry, args, env, cwd, onLine } = this.#options;
    // A process group of its own: Ctrl-C reaches the starter alone, which then stops everything in order. When
    // the starter dies, however it dies, the IPC channel closes and the child ends itself.
    const child = spawn(process.execPath, [...nodeOptions, entry, ...args()], {
      cwd,
      env: env(),
      stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
      detached: true,
    });
    const lastLines: string[] = [];
    if (child.stderr) {
      createInterface({ input: child.stderr }).on('line', (line) => {
        lastLines.push(line);
        if (lastLines.length > keptLines) lastLines.shift();
        onLine(line);
      });
    }
    this.#child = child;
    if (child.pid !== undefined) this.#options.onSpawn?.(child.pid);
    this.#isExitExpected = false;
    this.#exited = new Promise((resolve) => child.once('close', () => resolve()));
    try {
      const facts = await this.#whenReady(child, lastLines);
      child.once('exit', (code, signal) => this.#onExit(child, code, signal));
      if (child.exitCode !== null || child.signalCode !== null)
        this.#onExit(child, child.exitCode, child.signalCode);
      return facts;
    } catch (thrown) {
      child.kill('SIGKILL');
      await this.#exited;
      this.#child = undefined;
      throw thrown;
    }
  }

  /** Sends the signal and resolves when the process has ended. */
  async kill(signal: NodeJS.Signals = 'SIGKILL'): Promise<void> {
    this.#isExitExpected = true;
    this.#child?.kill(signal);
    await this.#exited;
  }

  /** Ends it, if it runs, and starts it anew. */
  async restart(): Promise<Readonly<Record<string, unknown>>> {
    await this.stop();
    return this.start();
  }

  /** SIGTERM, and SIGKILL for what is still there after `graceMs`. */
  async stop(graceMs = 3_000): Promise<void> {
    const child = this.#child;
    if (!child) return;
    this.#isExitExpected = true;
    child.kill('SIGTERM');
    const timer = setTimeout(() => child.kill('SIGKILL'), graceMs);
    await this.#exited;
    clearTimeout(timer);
  }

  #onExit(child: ChildProcess, code: number | null, signal: NodeJS.Signals | null): void {
    if (this.#child !== child) return;
    this.#child = undefined;
    if (this.#isExitExpected) return;
    this.#options.onUnexpectedExit({ name: this.name, pid: child.pid ?? 0, code, signal });
  }

  #whenReady(child: ChildProcess, lastLines: readonly string[]): Promise<Readonly<Record<string, unknown>>> {
    const { startLimitMs = usualStartLimitMs } = this.#options;
    return new Promise((resolve, reject) => {
      const fail = (problem: string) => {
        clearTimeout(timer);
        const output = lastLines.length > 0 ? `:\n${lastLines.join('\n')}` : '';
        reject(new AppError('local/not-started', `${this.name} ${problem}${output}`));
      };
      const timer = setTimeout(() => fail(`was not ready within ${startLimitMs / 1000} s`), startLimitMs);
      child.on('message', (message) => {
        if ((message as { type?: unknown } | null)?.type !== 'ready') return;
        clearTimeout(timer);
        resolve(message as Record<string, unknown>);
      });
      child.once('error', (error) => fail(`could not be started (${error.message})`));
      child.once('close', (code, signal) =>
        fail(`ended while it started (${signal ?? `exit code ${code}`})`),
      );
    });
  }
}
