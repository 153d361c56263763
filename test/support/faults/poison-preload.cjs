/* global process, Request */
// Loaded into the functions host by NODE_OPTIONS: a user whom POISON_FILE names ends the process, as a fault in
// native code or a lack of memory would. `read`: when Graph answers about the user; `write`: before the write is sent.
const { existsSync, readFileSync } = require('node:fs');

const file = process.env.POISON_FILE;
const realFetch = globalThis.fetch;

function isPoison(call, text) {
  if (!file || !existsSync(file)) return false;
  const poison = JSON.parse(readFileSync(file, 'utf8'));
  return poison.call === call && text.includes(poison.userId) && text.includes(poison.path);
}

globalThis.fetch = async (input, init) => {
  const request = new Request(input, init);
  const body = request.method === 'GET' ? '' : await request.clone().text();
  const text = `${request.url} ${body}`;
  if (isPoison('write', text)) process.kill(process.pid, 'SIGKILL');
  const answer = await realFetch(request);
  if (isPoison('read', text)) process.kill(process.pid, 'SIGKILL');
  return answer;
};
