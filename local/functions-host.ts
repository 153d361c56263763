#!/usr/bin/env node
import { resolve } from 'node:path';
import { runHost } from '@auto-licenser/functions-host/run';
import { joinCloud } from './join-cloud';

const usage = `Usage: npm run local:functions -- [--port PORT] [--app-root DIR] [--settings FILE]
                                 [--like-flex] [--instances NAME=COUNT,…]

Runs the built functions as Azure does, as a further host of the running embedded cloud (npm start).

  --port PORT      listen here (default: a free port)
  --app-root DIR   folder with package.json and host.json (default: the current folder; the cloud is looked for
                   in the current folder's .licenser/local.json)
  --settings FILE  a local.settings.json; the cloud's own settings win
  --like-flex      each function in processes of its own, as on Flex Consumption; HTTP functions share one
  --instances LIST how many processes these have, such as apply=8,decide=3; without --like-flex all others share one
`;

// The functions host is a package that knows nothing of a cloud: this entry gives it the cloud's settings.
runHost({ usage, findSettings: () => joinCloud(resolve('.')) });
