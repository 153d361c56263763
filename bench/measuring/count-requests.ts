import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { z } from 'zod';

const Counts = z.record(z.string(), z.number());
const writingLimitMs = 30_000;

/** Requests by method and table. */
export type CallCounts = ReadonlyMap<string, number>;

/** Counts the requests of a process that is started with `settings`; it must be removed. */
export class RequestCounts {
  readonly #folder = mkdtempSync(join(tmpdir(), 'bench-requests-'));
  readonly #file = join(this.#folder, 'requests.json');

  /** For the environment of the process. */
  get settings(): Readonly<Record<string, string>> {
    return {
      NODE_OPTIONS: `--require "${join(__dirname, 'request-counter.js')}"`,
      REQUESTS_FILE: this.#file,
    };
  }

  /**
   * How many requests the process has sent to this port so far, by method and table: `GET users`.
   * @throws Error it does not tell within half a minute
   */
  async read(pid: number, port: string): Promise<CallCounts> {
    rmSync(this.#file, { force: true });
    process.kill(pid, 'SIGUSR2');
    const deadline = performance.now() + writingLimitMs;
    while (!existsSync(this.#file)) {
      if (performance.now() > deadline) throw new Error(`Process ${String(pid)} does not tell its requests`);
      await sleep(20);
    }
    const counts = Object.entries(Counts.parse(JSON.parse(readFileSync(this.#file, 'utf8'))));
    const ofPort = counts.filter(([kind]) => kind.startsWith(`${port} `));
    return new Map(ofPort.map(([kind, count]) => [kind.slice(port.length + 1), count]));
  }

  remove(): void {
    rmSync(this.#folder, { recursive: true, force: true });
  }
}
