import { expect, test } from 'vitest';
import { answerOf } from '../../stores/influx-answers.ts';

const now = Date.UTC(2026, 10, 22);
const answer = (status: number, body: string, headers: Record<string, string> = {}) =>
  answerOf({ status, body, headers }, 'tsdb:8086', now);

test.each([
  [400, '{"error":"partial write: field type conflict dropped=1"}', {}],
  [422, '{"code":"unprocessable entity","message":"outside the retention policy"}', {}],
  [400, '{"error":"partial write","data":[{"error_message":"no such column"}]}', {}],
  [400, '', { 'x-influxdb-error': 'unable to parse' }],
])('%i in the words of InfluxDB is a refusal: %s', (status, body, headers) => {
  expect(answer(status, body, headers)).toMatchObject({
    is: 'refused',
    words: expect.stringMatching(/conflict|retention|no such column|unable to parse/),
  });
});

test.each([
  [400, 'Client sent an HTTP request to an HTTPS server.'],
  [422, '<html>Unprocessable</html>'],
  [400, '"error"'],
  [422, '{"status":"bad"}'],
])('%i in the words of somebody else says nothing against a point: %s', (status, body) => {
  expect(answer(status, body)).toMatchObject({
    is: 'trouble',
    words: expect.stringContaining('what answers at tsdb:8086 is not InfluxDB'),
  });
});

test('only 204 says that points were kept', () => {
  expect(answer(204, '')).toEqual({ is: 'kept' });
  for (const status of [200, 202, 301, 404, 500]) expect(answer(status, '').is).toBe('trouble');
});
