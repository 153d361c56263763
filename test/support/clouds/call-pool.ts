/** Asks the pool of pool.js, which jest's main process keeps. */
export async function callPool<Answer>(path: string, body: unknown): Promise<Answer> {
  const pool = process.env['LICENSER_CLOUD_POOL'];
  if (pool === undefined)
    throw new Error('No pool of clouds: run this test by jest.config.js of the project');
  const answer = await fetch(`${pool}${path}`, { method: 'POST', body: JSON.stringify(body) });
  const text = await answer.text();
  if (!answer.ok) throw new Error(`The pool of clouds: ${text}`);
  return JSON.parse(text) as Answer;
}
