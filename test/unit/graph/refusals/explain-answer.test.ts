import { expect, it } from '@jest/globals';
import { explainAnswer } from '../../../../shared/graph/refusals/explain-answer';

const body = JSON.stringify({
  error: { code: 'Request_BadRequest', message: 'No license could be assigned' },
});
const partOf = (status: number) => JSON.stringify({ id: '1', status, body: JSON.parse(body) as unknown });

it('an answer without a status is one of Graph’s business rules; a part of a batch has a status of its own', () => {
  expect(explainAnswer(body, {}, 0)).toEqual(explainAnswer(body, { status: 400 }, 0));
  expect(explainAnswer(partOf(503), {}, 0)).toEqual(explainAnswer(body, { status: 503 }, 0));
  expect(explainAnswer(partOf(503), { status: 400 }, 0)).toEqual(explainAnswer(body, { status: 400 }, 0));
  expect(explainAnswer(body, { status: 503 }, 0).class).toBe('unavailable');
});

it('an answer is explained with its own words, and with how long Graph asks to wait', () => {
  const explained = explainAnswer(body, { status: 429, retryAfter: '7' }, 0);

  expect(explained).toMatchObject({
    ...{
      class: 'throttled',
      code: 'Request_BadRequest',
      text: 'No license could be assigned',
      retried: true,
    },
    whatHappens: expect.stringMatching(/\S Graph asks to wait 7 s\.$/),
  });
  expect(explainAnswer(body, { status: 429 }, 0).whatHappens).not.toContain('Graph asks to wait');
});

it('a web page, or nothing, is explained too', () => {
  expect(explainAnswer('<html><body>Bad gateway</body></html>', { status: 502 }, 0)).toMatchObject({
    ...{ class: 'unavailable', code: '', text: 'Bad gateway' },
  });
  expect(explainAnswer('', { status: 500 }, 0)).toMatchObject({ code: '', text: '' });
});
