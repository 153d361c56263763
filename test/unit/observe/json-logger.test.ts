import { afterEach, expect, it, jest } from '@jest/globals';
import { makeJsonLogger, writeByLevel } from '../../../shared/observe/json-logger';

afterEach(() => {
  jest.restoreAllMocks();
});

it('lines of no invocation go to the stream that the Functions host takes their level from', () => {
  const written = { out: [] as string[], err: [] as string[] };
  const into = (lines: string[]) => (text: unknown) => {
    lines.push((JSON.parse(String(text)) as { message: string }).message);
    return true;
  };
  jest.spyOn(process.stdout, 'write').mockImplementation(into(written.out));
  jest.spyOn(process.stderr, 'write').mockImplementation(into(written.err));
  const logger = makeJsonLogger(writeByLevel, 'debug');

  logger.debug('a detail');
  logger.info('no error, nothing failed');
  logger.warn('a warning');
  logger.error('an error');

  jest.restoreAllMocks();
  expect(written).toEqual({
    out: ['a detail', 'no error, nothing failed'],
    err: ['a warning', 'an error'],
  });
});
