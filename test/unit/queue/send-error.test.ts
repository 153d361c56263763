import { ServiceBusError } from '@azure/service-bus';
import { describe, expect, it } from '@jest/globals';
import { PermanentError, TransientError } from '../../../shared/kernel/errors';
import { toSendError } from '../../../shared/queue/send-error';

const refused = (code: 'GeneralError' | 'ServiceBusy' | 'MessagingEntityNotFound' | 'UnauthorizedAccess') =>
  new ServiceBusError('x', code);

describe('toSendError', () => {
  it.each<[string, Error, new (...args: never[]) => Error, string]>([
    ['a busy service', refused('ServiceBusy'), TransientError, 'queue/unavailable'],
    ['a refused connection', refused('GeneralError'), TransientError, 'queue/unavailable'],
    [
      'our own time-out',
      Object.assign(new Error('x'), { name: 'AbortError' }),
      TransientError,
      'queue/unavailable',
    ],
    ['an unknown error', new Error('x'), TransientError, 'queue/unavailable'],
    ['a queue that is not there', refused('MessagingEntityNotFound'), PermanentError, 'queue/refused'],
    ['a missing role', refused('UnauthorizedAccess'), PermanentError, 'queue/refused'],
    [
      'the last of several attempts of the client',
      new AggregateError([refused('ServiceBusy'), refused('MessagingEntityNotFound')]),
      PermanentError,
      'queue/refused',
    ],
  ])('translates %s, naming the queue', (_, thrown, expected, code) => {
    const error = toSendError(thrown, 'license-changes');

    expect(error).toBeInstanceOf(expected);
    expect(error).toMatchObject({ code, cause: thrown });
    expect(error.message).toContain('license-changes');
  });

  it('says what the client met, not that it met several', () => {
    const thrown = new AggregateError([refused('GeneralError'), refused('ServiceBusy')]);

    expect(toSendError(thrown, 'q').message).toBe('Service Bus did not take a message for q (ServiceBusy)');
  });

  it('says which role is missing', () => {
    expect(toSendError(refused('UnauthorizedAccess'), 'q').message).toContain(
      'Azure Service Bus Data Sender',
    );
  });

  it.each([new PermanentError('queue/too-large', 'x'), new TypeError('a bug')])('passes on %s', (error) => {
    expect(toSendError(error, 'q')).toBe(error);
  });
});
