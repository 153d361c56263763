/* global process */
// Loaded into the functions host by NODE_OPTIONS: a user whom POISON_FILE names ends the process, as a fault in
// native code or a lack of memory would. Calls of the tables go the same way: a path must be of Graph alone, such as v1.0/$batch. `read`: when Graph answers about the user; `write`: before the write is sent.
const { existsSync, readFileSync } = require('node:fs');

const file = process.env.POISON_FILE;

function isPoison(call, text) {
  if (!file || !existsSync(file)) return false;
  const poison = JSON.parse(readFileSync(file, 'utf8'));
  return poison.call === call && text.includes(poison.userId) && text.includes(poison.path);
}

for (const wire of [require('node:http'), require('node:https')]) {
  const send = wire.request;
  wire.request = (target, ...rest) => {
    const request = send.call(wire, target, ...rest);
    const { end } = request;
    request.end = (body, ...others) => {
      const text = `${String(target)} ${typeof body === 'string' ? body : ''}`;
      if (isPoison('write', text)) process.kill(process.pid, 'SIGKILL');
      request.prependOnceListener('response', () => {
        if (isPoison('read', text)) process.kill(process.pid, 'SIGKILL');
      });
      return end.call(request, body, ...others);
    };
    return request;
  };
}
