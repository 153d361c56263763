import { connect, createServer } from 'node:net';
import type { AddressInfo, Socket } from 'node:net';

/** Passes bytes on to a port of this machine, and can swallow answers: the request is served, the asker never hears. */
export type LossyProxy = {
  readonly port: number;
  /** The next so many answers are lost, and their connections with them. */
  loseAnswers(count: number): void;
  close(): Promise<void>;
};

export async function startLossyProxy(target: number): Promise<LossyProxy> {
  const sockets = new Set<Socket>();
  let toLose = 0;
  const server = createServer((near) => {
    const far = connect(target, '127.0.0.1');
    for (const [socket, other] of [
      [near, far],
      [far, near],
    ] as const) {
      sockets.add(socket);
      socket.on('error', () => other.destroy());
      socket.on('close', () => {
        sockets.delete(socket);
        other.destroy();
      });
    }
    near.on('data', (bytes) => far.write(bytes));
    far.on('data', (bytes) => {
      if (toLose === 0) {
        near.write(bytes);
        return;
      }
      toLose--;
      near.destroy();
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    port: (server.address() as AddressInfo).port,
    loseAnswers: (count) => {
      toLose = count;
    },
    close: async () => {
      for (const socket of sockets) socket.destroy();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
