import { STATUS_CODES } from 'node:http';
import type { FastifyError, FastifyReply, FastifyRequest } from 'fastify';
import type { Context } from '../model/context.ts';
import {
  type AppError,
  type ErrorCode,
  errorCodes,
  type Fault,
  isAppError,
  messageOf,
} from '../model/errors.ts';
import type { Problem } from './contract.ts';

/** Errors as RFC 9457 problem documents; nothing of our insides is in them. */

const statusOf: Partial<Record<ErrorCode, number>> = {
  INPUT_MALFORMED: 400,
  INPUT_INVALID: 422,
  INPUT_TOO_LARGE: 413,
  INVENTORY_INVALID: 422,
  NOT_FOUND: 404,
  NOT_AUTHENTICATED: 401,
  NOT_ALLOWED: 403,
  VERSION_CONFLICT: 409,
  RATE_LIMITED: 429,
  JOURNAL_UNAVAILABLE: 503,
  JOURNAL_FULL: 503,
  STORE_UNAVAILABLE: 503,
  SERVICE_BUSY: 503,
  DEVICE_OFFLINE: 409,
  DEVICE_UNANSWERED: 504,
};

export interface Failure {
  readonly code: ErrorCode;
  readonly detail?: string;
  readonly errors?: readonly Fault[];
  /** Where the code alone does not tell, such as 415. */
  readonly status?: number;
  readonly retryAfterS?: number;
}

export function problemOf({ code, detail, errors, status }: Failure): Problem {
  const known = status ?? statusOf[code] ?? 500;
  return {
    type: `urn:guanjia:problem:${code.toLowerCase().replaceAll('_', '-')}`,
    title: STATUS_CODES[known] ?? 'Error',
    status: known,
    detail: detail ?? errorCodes[code],
    code,
    ...(errors?.length ? { errors: errors.map((fault) => ({ ...fault })) } : {}),
  };
}

export function sendProblem(reply: FastifyReply, failure: Failure): FastifyReply {
  const problem = problemOf(failure);
  const retryAfterS = failure.retryAfterS ?? (problem.status === 503 ? 5 : undefined);
  if (retryAfterS !== undefined)
    reply.header('retry-after', String(Math.max(1, Math.ceil(retryAfterS))));
  if (problem.status === 401) reply.header('www-authenticate', 'Bearer realm="guanjia"');
  return reply
    .code(problem.status)
    .header('content-type', 'application/problem+json; charset=utf-8')
    .serializer((body: unknown) => JSON.stringify(body))
    .send(problem);
}

interface Issue {
  readonly instancePath: string;
  readonly message?: string;
}

/** `/items/0/name` → `items[0].name`. */
const pathOf = (pointer: string): string =>
  pointer
    .split('/')
    .slice(1)
    .map((part, n) => (/^\d+$/.test(part) ? `[${part}]` : `${n ? '.' : ''}${part}`))
    .join('');

function ofValidation(error: FastifyError): Failure {
  const issues = (error.validation ?? []) as readonly Issue[];
  const errors = issues.map(({ instancePath, message = 'invalid' }) => ({
    path: pathOf(instancePath),
    message,
  }));
  const code = error.validationContext === 'body' ? 'INPUT_INVALID' : 'INPUT_MALFORMED';
  return {
    code,
    detail: errors.map(({ path, message }) => `${path}: ${message}`).join('; '),
    errors,
  };
}

function ofFramework({ statusCode = 500, message, code }: FastifyError): Failure | undefined {
  if (code === 'FST_ERR_HANDLER_TIMEOUT') return { code: 'SERVICE_BUSY' };
  if (statusCode === 413) return { code: 'INPUT_TOO_LARGE', detail: message };
  if (statusCode === 429) return { code: 'RATE_LIMITED' };
  if (statusCode >= 400 && statusCode < 500)
    return { code: 'INPUT_MALFORMED', detail: message, status: statusCode };
  return statusCode === 503 ? { code: 'SERVICE_BUSY' } : undefined;
}

/** Our own errors carry their wait in `cause`; see `rateLimited`. */
function ofApp(error: AppError): Failure | undefined {
  const status = statusOf[error.code];
  if (status === undefined) return undefined;
  const { retryAfterS } = (error.cause ?? {}) as { readonly retryAfterS?: number };
  return {
    code: error.code,
    ...(status < 500 ? { detail: error.message, errors: error.faults } : {}),
    ...(retryAfterS === undefined ? {} : { retryAfterS }),
  };
}

/** What a caller is told of an error; undefined is our mistake. */
function failureOf(error: unknown): Failure | undefined {
  if (isAppError(error)) return ofApp(error);
  const framework = error as FastifyError;
  if (framework.validation) return ofValidation(framework);
  return typeof framework.statusCode === 'number' ? ofFramework(framework) : undefined;
}

export function createErrorHandler({ log, count }: Context) {
  return (error: unknown, request: FastifyRequest, reply: FastifyReply): FastifyReply => {
    const failure = failureOf(error);
    if (failure) return sendProblem(reply, failure);
    count('api_errors');
    log('error', 'a request failed', {
      room: 'api',
      method: request.method,
      route: request.routeOptions.url,
      error: error instanceof Error ? error.stack : messageOf(error),
    });
    return sendProblem(reply, { code: 'INTERNAL' });
  };
}
