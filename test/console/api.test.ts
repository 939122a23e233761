import { expect, test } from 'vitest';
import { ApiError, createApi, getAll, urlOf } from '../../console/lib/api.ts';
import { errorWords } from '../../console/lib/words.ts';
import { en } from '../../console/texts/en.ts';
import { zh } from '../../console/texts/zh.ts';

const answering = (answer: () => Response | Promise<Response>) => {
  const asked: string[] = [];
  const api = createApi(async (input, init) => {
    asked.push(`${init?.method} ${String(input)}`);
    return answer();
  });
  return { api, asked };
};

const problem =
  (status: number, body: object, headers: Record<string, string> = {}) =>
  () =>
    new Response(JSON.stringify(body), {
      status,
      headers: { 'content-type': 'application/problem+json', ...headers },
    });

const failing = async (promise: Promise<unknown>): Promise<ApiError> => {
  const error: unknown = await promise.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  if (error instanceof ApiError) return error;
  throw new Error('did not fail as it should', { cause: error });
};

test('queries leave out what has no value and escape the rest', () => {
  expect(
    urlOf('/alerts', { state: 'open,acknowledged', kind: '', cursor: undefined, limit: 5 }),
  ).toBe('/api/v1/alerts?state=open%2Cacknowledged&limit=5');
  expect(urlOf('/session')).toBe('/api/v1/session');
});

test('a problem document becomes an error with its code, faults and time to wait', async () => {
  const { api } = answering(
    problem(429, { code: 'RATE_LIMITED', detail: 'slow down' }, { 'retry-after': '17' }),
  );
  expect(await failing(api.get('/x'))).toMatchObject({
    status: 429,
    code: 'RATE_LIMITED',
    retryAfterS: 17,
  });
  const invalid = answering(
    problem(422, { code: 'INPUT_INVALID', errors: [{ path: 'reason', message: 'is missing' }] }),
  );
  expect(errorWords(await failing(invalid.api.post('/x')), en)).toBe('Reason: is missing');
});

test('an answer that is no problem document is an error all the same', async () => {
  const { api } = answering(() => new Response('<html>Bad gateway</html>', { status: 502 }));
  expect(errorWords(await failing(api.get('/x')), zh)).toBe(zh.errors.server);
});

test('a service that cannot be reached is told as such', async () => {
  const { api } = answering(() => Promise.reject(new TypeError('fetch failed')));
  const error = await failing(api.get('/x'));
  expect([error.status, errorWords(error, en)]).toEqual([0, en.errors.offline]);
});

test('an ended session is noticed wherever it shows', async () => {
  const { api } = answering(problem(401, { code: 'NOT_AUTHENTICATED' }));
  let ended = 0;
  api.onSignedOut(() => ended++);
  await failing(api.get('/alerts'));
  expect(ended).toBe(1);
});

test('no content is no error', async () => {
  const { api, asked } = answering(() => new Response(null, { status: 204 }));
  await api.remove('/session');
  expect(asked).toEqual(['DELETE /api/v1/session']);
});

test('all pages are fetched, up to a limit that is told', async () => {
  let page = 0;
  const { api, asked } = answering(() =>
    Response.json({ items: [page], next: ++page < 3 ? `c${page}` : null }),
  );
  expect(await getAll(api, '/meters', {}, 100)).toEqual({ items: [0, 1, 2], complete: true });
  expect(asked[1]).toContain('cursor=c1');
  page = 0;
  expect(await getAll(api, '/meters', {}, 2)).toEqual({ items: [0, 1], complete: false });
});

test.each([
  [403, 'notAllowed'],
  [404, 'notFound'],
  [409, 'conflict'],
  [500, 'server'],
] as const)('%i is told in words', async (status, key) => {
  const { api } = answering(problem(status, { code: 'X', detail: 'internal words' }));
  expect(errorWords(await failing(api.get('/x')), zh)).toBe(zh.errors[key]);
});
