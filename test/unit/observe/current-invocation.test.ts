import { describe, expect, it } from '@jest/globals';
import { inInvocation, makeProcessLogger } from '../../../shared/observe/current-invocation';
import { makeJsonLogger } from '../../../shared/observe/json-logger';
import { makeRecordingLogger } from '../../support/recording-logger';

/** What `@azure/functions` gives a handler, keeping its lines. */
function makeInvocation() {
  const lines: string[] = [];
  const line =
    (level: string) =>
    (...args: unknown[]) =>
      void lines.push([level, ...args].join(' '));
  return { lines, debug: line('debug'), info: line('info'), warn: line('warn'), error: line('error') };
}

describe('the logger that the functions of a process share', () => {
  it('logs through the invocation under way, whatever words a line has, each through its own', async () => {
    const fallback = makeRecordingLogger();
    const logger = makeProcessLogger(fallback).with({ part: 'store' });
    const [one, two] = [makeInvocation(), makeInvocation()];

    await Promise.all([
      inInvocation(one, async () => {
        await Promise.resolve();
        logger.info('No error, nothing failed', { count: 1 });
      }),
      inInvocation(two, async () => logger.warn('Graph asked for fewer writes')),
    ]);

    expect(one.lines).toEqual(['info No error, nothing failed {"part":"store","count":1}']);
    expect(two.lines).toEqual(['warn Graph asked for fewer writes {"part":"store"}']);
    expect(fallback.lines).toEqual([]);
  });

  it('does not log through an invocation that is over, nor through none', async () => {
    const fallback = makeRecordingLogger();
    const logger = makeProcessLogger(fallback);
    const invocation = makeInvocation();
    let goOn = () => undefined as void;
    let beside: Promise<void> | undefined;

    await inInvocation(invocation, async () => {
      beside = new Promise<void>((resolve) => (goOn = resolve)).then(() => logger.warn('later'));
    });
    goOn();
    await beside;
    logger.error('outside');

    expect(invocation.lines).toEqual([]);
    expect(fallback.lines.map(({ level, message }) => [level, message])).toEqual([
      ['warn', 'later'],
      ['error', 'outside'],
    ]);
  });

  it('gives lines of no invocation with their level, so that only trouble goes to stderr', () => {
    const written: [string, string][] = [];
    const logger = makeJsonLogger((line, level) => written.push([level, line]));

    logger.info('fine');
    logger.warn('less fine');

    expect(written).toEqual([
      ['info', '{"level":"info","message":"fine"}\n'],
      ['warn', '{"level":"warn","message":"less fine"}\n'],
    ]);
  });
});
