/** Talking to the service on the same origin; the session is a cookie the page cannot read. */

export interface InputFault {
  readonly path: string;
  readonly message: string;
  /** Of a file, 1-based. */
  readonly line?: number;
}

/** What the service answered instead of a result; `status` 0 where it could not be reached at all. */
export class ApiError extends Error {
  readonly status: number;
  readonly code: string;
  readonly faults: readonly InputFault[];
  /** Seconds to wait, with 429. */
  readonly retryAfterS: number | undefined;

  constructor(
    status: number,
    code: string,
    detail: string,
    faults: readonly InputFault[] = [],
    retryAfterS?: number,
  ) {
    super(detail);
    this.name = 'ApiError';
    this.status = status;
    this.code = code;
    this.faults = faults;
    this.retryAfterS = retryAfterS;
  }
}

export type Query = Readonly<Record<string, string | number | boolean | undefined>>;

/** `/api/v1` + path, with the query's keys that have a value. */
export function urlOf(path: string, query: Query = {}): string {
  const search = new URLSearchParams();
  for (const [key, value] of Object.entries(query)) {
    if (value !== undefined && value !== '') search.set(key, String(value));
  }
  const text = search.toString();
  return `/api/v1${path}${text === '' ? '' : `?${text}`}`;
}

const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null;

async function failure(response: Response): Promise<ApiError> {
  const problem: unknown = await response.json().catch(() => undefined);
  const retryAfter = Number(response.headers.get('retry-after'));
  const retryAfterS = Number.isFinite(retryAfter) && retryAfter > 0 ? retryAfter : undefined;
  if (!isRecord(problem))
    return new ApiError(response.status, 'INTERNAL', response.statusText, [], retryAfterS);
  const faults = Array.isArray(problem['errors'])
    ? problem['errors'].filter(isRecord).map((fault) => ({
        path: String(fault['path'] ?? ''),
        message: String(fault['message'] ?? ''),
        ...(typeof fault['line'] === 'number' && { line: fault['line'] }),
      }))
    : [];
  return new ApiError(
    response.status,
    String(problem['code'] ?? 'INTERNAL'),
    String(problem['detail'] ?? problem['title'] ?? ''),
    faults,
    retryAfterS,
  );
}

export interface Api {
  /** @throws ApiError */
  get<T>(path: string, query?: Query, signal?: AbortSignal): Promise<T>;
  /** @throws ApiError */
  post<T>(path: string, body?: unknown): Promise<T>;
  /** Sends a file as it is. @throws ApiError */
  upload<T>(path: string, file: Blob, type: string): Promise<T>;
  /** @throws ApiError */
  patch<T>(path: string, body: unknown): Promise<T>;
  /** @throws ApiError */
  remove(path: string): Promise<void>;
  /** Called whenever an answer is 401: the session has ended. */
  onSignedOut(listener: () => void): void;
}

const json = (body: unknown): RequestInit => ({
  headers: { 'content-type': 'application/json' },
  body: JSON.stringify(body),
});

/** @param send `fetch`; tests hand in their own */
export function createApi(send: typeof fetch): Api {
  let signedOut = () => {};
  async function call(method: string, url: string, init: RequestInit = {}): Promise<unknown> {
    let response: Response;
    try {
      response = await send(url, { method, credentials: 'same-origin', ...init });
    } catch (cause) {
      if (cause instanceof DOMException && cause.name === 'AbortError') throw cause;
      throw new ApiError(0, 'OFFLINE', 'The service cannot be reached.');
    }
    if (response.ok) return response.status === 204 ? undefined : response.json();
    const error = await failure(response);
    if (error.status === 401) signedOut();
    throw error;
  }
  return {
    get: async <T>(path: string, query?: Query, signal?: AbortSignal) =>
      (await call('GET', urlOf(path, query), signal ? { signal } : {})) as T,
    post: async <T>(path: string, body?: unknown) =>
      (await call('POST', urlOf(path), json(body ?? {}))) as T,
    upload: async <T>(path: string, file: Blob, type: string) =>
      (await call('POST', urlOf(path), {
        headers: { 'content-type': type },
        body: file,
      })) as T,
    patch: async <T>(path: string, body: unknown) =>
      (await call('PATCH', urlOf(path), json(body))) as T,
    remove: async (path) => {
      await call('DELETE', urlOf(path));
    },
    onSignedOut: (listener) => {
      signedOut = listener;
    },
  };
}

/** Every page of a list, up to `most` items. */
export async function getAll<T>(
  api: Api,
  path: string,
  query: Query,
  most: number,
  signal?: AbortSignal,
): Promise<{ items: T[]; complete: boolean }> {
  const items: T[] = [];
  let cursor: string | undefined;
  do {
    const page = await api.get<{ items: readonly T[]; next: string | null }>(
      path,
      { limit: 10_000, ...query, cursor },
      signal,
    );
    items.push(...page.items);
    cursor = page.next ?? undefined;
  } while (cursor !== undefined && items.length < most);
  return { items, complete: cursor === undefined };
}
