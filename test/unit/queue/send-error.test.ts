import { ServiceBusError } from '@azure/service-bus';
import { describe, expect, it } from '@jest/globals';
import { PermanentError, TransientError } from '../../../shared/kernel/errors';
import { toSendError } from '../../../shared/queue/send-error';

const retryable = (code: 'ServiceBusy' | 'ServiceTimeout') =>
  Object.assign(new ServiceBusError('x', code), { retryable: true });
const final = (code: 'MessagingEntityNotFound' | 'UnauthorizedAccess') =>
  Object.assign(new ServiceBusError('x', code), { retryable: false });

describe('toSendError', () => {
  it.each<[string, Error, new (...args: never[]) => Error, string]>([
    ['a busy service', retryable('ServiceBusy'), TransientError, 'queue/unavailable'],
    ['a time-out', retryable('ServiceTimeout'), TransientError, 'queue/unavailable'],
    [
      'a refused connection',
      Object.assign(new Error('x'), { code: 'ECONNREFUSED' }),
      TransientError,
      'queue/unavailable',
    ],
    ['a queue that is not there', final('MessagingEntityNotFound'), PermanentError, 'queue/refused'],
    ['a missing role', final('UnauthorizedAccess'), PermanentError, 'queue/forbidden'],
    ['anything else', new Error('x'), PermanentError, 'queue/refused'],
  ])('translates %s, naming the queue', (_, thrown, expected, code) => {
    const error = toSendError(thrown, 'license-changes');

    expect(error).toBeInstanceOf(expected);
    expect(error).toMatchObject({ code, cause: thrown });
    expect(error.message).toContain('license-changes');
  });

  it('leaves our own errors alone', () => {
    const error = new PermanentError('queue/too-large', 'x');

    expect(toSendError(error, 'q')).toBe(error);
  });
});
