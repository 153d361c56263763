import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach } from '@jest/globals';
import type { Answer, Call } from './answer-call';
import { newSubscription } from './azure-answers';
import { makeStandIns } from './make-stand-ins';
import type { StandIns } from './make-stand-ins';

const root = join(__dirname, '..', '..', '..', '..');

/** Runs of scripts/deploy.mjs against programs that stand in for Azure's. Its parts may be used inside of tests. */
export type Deployments = {
  /** Where the app's health function answers. */
  readonly origin: string;
  /** The programs of this test. */
  readonly standIns: StandIns;
  /** So many looks at the app's health find it unwell: it is being made. */
  readonly wellAfter: (looks: number) => void;
  /** New programs for this test: these answers, in this order. */
  readonly standIn: (answers: readonly Answer[]) => Promise<StandIns>;
  /** The same for a subscription in which nothing is deployed yet, with `more` before its own answers. */
  readonly standInForAzure: (more?: readonly Answer[]) => Promise<StandIns>;
  /** Runs the script for a group in West Europe, with these further arguments. */
  readonly deploy: (...args: readonly string[]) => ReturnType<StandIns['run']>;
  /** Calls that made resources. */
  readonly madeResources: () => readonly Call[];
  /** The words of each call before its first option. */
  readonly commands: () => readonly string[];
};

/** Serves the app's health before the tests of the file that calls this, and takes the programs away after each. */
export function useDeployments(): Deployments {
  let unwellLooks = 0;
  const health = createServer((_request, response) => {
    response.statusCode = unwellLooks-- > 0 ? 503 : 200;
    response.end('{"ok":true}');
  });
  let origin = '';
  let standIns: StandIns | undefined;

  beforeAll(async () => {
    await new Promise<void>((resolve) => health.listen(0, '127.0.0.1', resolve));
    origin = `http://127.0.0.1:${String((health.address() as AddressInfo).port)}`;
  });
  beforeEach(() => {
    unwellLooks = 0;
  });
  afterEach(() => {
    standIns?.remove();
    standIns = undefined;
  });
  afterAll(() => new Promise((resolve) => health.close(resolve)));

  const own = () => {
    if (standIns === undefined) throw new Error('This test has no programs that stand in for Azure’s');
    return standIns;
  };
  const standIn = async (answers: readonly Answer[]) => {
    standIns?.remove();
    return (standIns = await makeStandIns(answers));
  };
  return {
    get origin() {
      return origin;
    },
    get standIns() {
      return own();
    },
    wellAfter: (looks) => {
      unwellLooks = looks;
    },
    standIn,
    standInForAzure: (more = []) => standIn(newSubscription(origin, more)),
    deploy: (...args) =>
      own().run(process.execPath, [
        join(root, 'scripts', 'deploy.mjs'),
        ...['--group', 'rg', '--location', 'westeurope', '--retry-seconds', '0'],
        ...args,
      ]),
    madeResources: () =>
      own()
        .calls()
        .filter(({ args }) => args.slice(0, 3).join(' ') === 'deployment group create'),
    commands: () =>
      own()
        .calls()
        .map(({ args }) => {
          const end = args.findIndex((arg) => arg.startsWith('-'));
          return args.slice(0, end === -1 ? undefined : end).join(' ');
        }),
  };
}
