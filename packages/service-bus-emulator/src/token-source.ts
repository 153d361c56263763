import { randomFillSync } from 'node:crypto';

const tokenBytes = 16;

/** Makes random tokens of 32 lower-case hex digits, drawing randomness for many at a time: one by one costs more. */
export function makeTokenSource(poolSize = 512): () => string {
  const pool = Buffer.alloc(poolSize * tokenBytes);
  let used = pool.length;
  return () => {
    if (used === pool.length) {
      randomFillSync(pool);
      used = 0;
    }
    used += tokenBytes;
    return pool.toString('hex', used - tokenBytes, used);
  };
}
