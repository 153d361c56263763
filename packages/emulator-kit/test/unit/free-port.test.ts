import { createServer } from 'node:net';
import { describe, expect, it } from '@jest/globals';
import { takePort } from '../../src/free-port';

describe('takePort', () => {
  it('gives a free port that no outgoing connection can take while its process starts again', async () => {
    const ports = await Promise.all(Array.from({ length: 20 }, () => takePort(0)));

    expect(Math.min(...ports)).toBeGreaterThanOrEqual(20_000);
    expect(Math.max(...ports)).toBeLessThan(32_768);
  });

  it('gives no port twice, whose server may not listen yet', async () => {
    const ports: number[] = [];
    for (let index = 0; index < 500; index++) ports.push(await takePort(0));

    expect(new Set(ports).size).toBe(500);
  });

  it('gives another one for a port that is busy', async () => {
    const busy = await takePort(0);
    const server = createServer();
    await new Promise<void>((resolve) => server.listen(busy, '127.0.0.1', resolve));

    const port = await takePort(busy);
    await new Promise((resolve) => server.close(resolve));

    expect(port).not.toBe(busy);
    expect(await takePort(busy)).toBe(busy);
  });
});
