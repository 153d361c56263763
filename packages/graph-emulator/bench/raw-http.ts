import { connect } from 'node:net';
import type { Socket } from 'node:net';
import { performance } from 'node:perf_hooks';

export type RawRequest = {
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
};

/** So many that the server never runs out of requests while the client rests. */
const connections = 128;
const restMs = 1;
const status = /^HTTP\/1\.1 (\d{3})/;

/**
 * A client of bare sockets, kept open from one round to the next, so that what is measured is the server. It rests for
 * a millisecond between its turns instead of waiting for the next answer: a server that has to wake its client for
 * every single answer pays for that, the slower one more often than the faster one.
 */
export class RawClient {
  private readonly idle: Socket[] = [];
  private onAnswer: (socket: Socket) => void = () => undefined;
  private onFailure: (error: Error) => void = () => undefined;

  constructor(private readonly port: number) {}

  /**
   * POSTs per second over a round of requests.
   * @throws when an answer is neither 200 nor 409 (two writes to one user)
   */
  async requestsPerSecond(requests: number, make: (index: number) => RawRequest): Promise<number> {
    while (this.idle.length < connections) this.idle.push(await this.open());
    // Made beforehand: while the clock runs the client only moves bytes.
    const texts = Array.from({ length: requests }, (_, index) => toText(make(index), this.port));
    let next = 0;
    let answered = 0;
    const send = (socket: Socket) => {
      const text = texts[next];
      next += 1;
      if (text === undefined) this.idle.push(socket);
      else socket.write(text, 'latin1');
    };
    const start = performance.now();
    await new Promise<void>((resolve, reject) => {
      const cell = new Int32Array(new SharedArrayBuffer(4));
      const rest = () => {
        if (answered === requests) return;
        Atomics.wait(cell, 0, 0, restMs);
        setImmediate(rest);
      };
      this.onFailure = reject;
      this.onAnswer = (socket) => {
        answered += 1;
        send(socket);
        if (answered === requests) resolve();
      };
      for (const socket of this.idle.splice(0)) send(socket);
      setImmediate(rest);
    });
    return requests / ((performance.now() - start) / 1_000);
  }

  close(): void {
    for (const socket of this.idle) socket.destroy();
  }

  private open(): Promise<Socket> {
    return new Promise((resolve, reject) => {
      const socket = connect(this.port, '127.0.0.1', () => resolve(socket));
      socket.setNoDelay(true);
      socket.on('error', (error) => {
        reject(error);
        this.onFailure(error);
      });
      socket.on('data', (chunk) => {
        // Answers are small: each comes with its head in one piece; what has no head is the rest of one.
        const code = status.exec(chunk.toString('latin1', 0, 12))?.[1];
        if (code === undefined) return;
        if (code === '200' || code === '409') this.onAnswer(socket);
        else this.onFailure(new Error(`The server answered ${code}`));
      });
    });
  }
}

function toText({ path, headers, body }: RawRequest, port: number): string {
  const lines = Object.entries({
    host: `127.0.0.1:${port}`,
    ...headers,
    'content-length': Buffer.byteLength(body),
  });
  return `POST ${path} HTTP/1.1\r\n${lines.map(([name, value]) => `${name}: ${value}\r\n`).join('')}\r\n${body}`;
}
