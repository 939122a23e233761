import { STATUS_CODES } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import cookie from '@fastify/cookie';
import fastify, {
  type FastifyError,
  type FastifyReply,
  type FastifyRequest,
  type FastifySchemaCompiler,
} from 'fastify';
import { validatorCompiler, type ZodTypeProvider } from 'fastify-type-provider-zod';
import type { z } from 'zod';
import type { Context } from '../model/context.ts';
import { AppError, messageOf } from '../model/errors.ts';
import { secondMs } from '../model/time.ts';
import { createAuthentication } from './authentication.ts';
import { limitConnections } from './connections.ts';
import { serveConsole } from './console-files.ts';
import { createHeaders } from './headers.ts';
import type { Api, ApiOptions, ApiRoom, HttpLimits } from './http.ts';
import { startLive } from './live.ts';
import { describeRoutes, documentRoutes } from './openapi.ts';
import { createErrorHandler, type Failure, problemOf, sendProblem } from './problem.ts';
import { alertRoutes } from './routes/alerts.ts';
import { backupRoutes } from './routes/backup.ts';
import { commandRoutes } from './routes/commands.ts';
import { consumptionRoutes } from './routes/consumption.ts';
import { entityRoutes } from './routes/entities.ts';
import { expectedRoutes } from './routes/expected.ts';
import { formRoutes } from './routes/forms.ts';
import { healthRoutes } from './routes/health.ts';
import { indicatorRoutes } from './routes/indicators.ts';
import { institutionPageRoutes } from './routes/institution-page.ts';
import { inventoryRoutes } from './routes/inventory.ts';
import { ledgerRoutes } from './routes/ledger.ts';
import { createToParts, liveRoutes } from './routes/live.ts';
import { meterTreeRoutes } from './routes/meter-tree.ts';
import { quarantineRoutes } from './routes/quarantine.ts';
import { replacementRoutes } from './routes/replacements.ts';
import { serviceRoutes } from './routes/service.ts';
import { sessionRoutes } from './routes/session.ts';
import { standingRoutes } from './routes/standing.ts';
import { statementRoutes } from './routes/statements.ts';
import { telemetryRoutes } from './routes/telemetry.ts';
import { terminalRoutes } from './routes/terminals.ts';
import { tripRoutes } from './routes/trips.ts';
import { vehicleLedgerRoutes } from './routes/vehicle-ledger.ts';
import { weatherRoutes } from './routes/weather.ts';
import type { Services } from './services.ts';

/** Console, REST and the live stream over HTTP. */

const defaultLimits: HttpLimits = {
  connections: 2_000,
  connectionsPerAddress: 200,
  headMs: 10 * secondMs,
  requestMs: 60 * secondMs,
  idleMs: 30 * secondMs,
  stalledMs: 60 * secondMs,
  checkEveryMs: 2 * secondMs,
  liveStreams: 1_000,
  liveStreamsPerUser: 20,
};
/** Time for the answer to what is not HTTP to be read. */
const farewellMs = secondMs;

function createServer({ tls }: ApiOptions, limits: HttpLimits): Api {
  const serverOptions = {
    maxHeaderSize: 16 * 1024,
    headersTimeout: limits.headMs,
    connectionsCheckingInterval: limits.checkEveryMs,
  };
  const server = fastify({
    logger: false,
    // A proxy on this machine may say whom it speaks for; nobody else is believed.
    trustProxy: 'loopback',
    bodyLimit: 1024 * 1024,
    requestTimeout: limits.requestMs,
    keepAliveTimeout: limits.idleMs,
    connectionTimeout: limits.stalledMs,
    handlerTimeout: 30 * secondMs,
    forceCloseConnections: true,
    routerOptions: { maxParamLength: 200 },
    frameworkErrors: (error: FastifyError, _: FastifyRequest, reply: FastifyReply) => {
      sendProblem(reply, { code: 'INPUT_MALFORMED', detail: error.message });
    },
    clientErrorHandler: refuseGarbage,
    ...(tls ? { https: { ...tls, ...serverOptions } } : { http: serverOptions }),
  });
  return server.withTypeProvider<ZodTypeProvider>() as unknown as Api;
}

const refusals: Readonly<Record<string, Failure & { readonly status: number }>> = {
  HPE_HEADER_OVERFLOW: { code: 'INPUT_TOO_LARGE', status: 431 },
  ERR_HTTP_REQUEST_TIMEOUT: { code: 'INPUT_MALFORMED', status: 408 },
};

/** What is not HTTP never becomes a request. */
function refuseGarbage(error: NodeJS.ErrnoException, socket: Socket): void {
  if (error.code === 'ECONNRESET' || !socket.writable) {
    socket.destroy();
    return;
  }
  const failure = refusals[error.code ?? ''] ?? { code: 'INPUT_MALFORMED', status: 400 };
  const body = JSON.stringify(problemOf(failure));
  const status = `${failure.status} ${STATUS_CODES[failure.status]}`;
  // Whoever sent it may never close its side.
  setTimeout(() => socket.destroy(), farewellMs).unref();
  socket.end(
    `HTTP/1.1 ${status}\r\nContent-Type: application/problem+json\r\nContent-Length: ${Buffer.byteLength(body)}\r\nConnection: close\r\n\r\n${body}`,
  );
}

/** JSON as usual, but an empty body is none: `POST …/acknowledge` has nothing to say. */
function parseJson(api: Api): void {
  const parse = api.getDefaultJsonParser('error', 'error');
  api.removeContentTypeParser(['application/json', 'text/plain']);
  api.addContentTypeParser(
    ['application/json', 'application/merge-patch+json'],
    { parseAs: 'string' },
    (request, body, done) => {
      if (body === '') done(null, undefined);
      else void parse(request, String(body), done);
    },
  );
}

/** Fastify hands on null for a body that is not there; a shape that has a default then applies. */
const validate: FastifySchemaCompiler<z.ZodType> = (route) => {
  const check = validatorCompiler(route);
  return (given) => check(given === null ? undefined : given);
};

/** Every route must say who may use it. */
function requireAccess(api: Api): void {
  api.addHook('onRoute', ({ config, method, url }) => {
    if (url.startsWith('/api/docs')) return;
    if (config?.access === undefined)
      throw new Error(`${method} ${url} does not say who may use it`);
  });
}

/** Everything below `/api/v1`. */
function addRoutes(
  v1: Api,
  room: ApiRoom,
  authentication: ReturnType<typeof createAuthentication>,
): void {
  sessionRoutes(v1, room);
  entityRoutes(v1, room);
  telemetryRoutes(v1, room);
  tripRoutes(v1, room);
  vehicleLedgerRoutes(v1, room);
  statementRoutes(v1, room);
  terminalRoutes(v1, room);
  commandRoutes(v1, room);
  consumptionRoutes(v1, room);
  institutionPageRoutes(v1, room);
  standingRoutes(v1, room);
  expectedRoutes(v1, room);
  weatherRoutes(v1, room);
  indicatorRoutes(v1, room);
  formRoutes(v1, room);
  meterTreeRoutes(v1, room);
  replacementRoutes(v1, room);
  ledgerRoutes(v1, room);
  alertRoutes(v1, room);
  serviceRoutes(v1, room);
  quarantineRoutes(v1, room);
  inventoryRoutes(v1, room);
  backupRoutes(v1, room);
  liveRoutes(v1, room, authentication);
}

/** Everything but listening; tests inject requests. */
export async function createApi(
  options: ApiOptions,
  services: Services,
  context: Context,
): Promise<Api> {
  const limits = { ...defaultLimits, ...options.limits };
  const api = createServer(options, limits);
  limitConnections(api.server, limits, context);
  const toParts = createToParts(services, context.now);
  const { liveStreams, liveStreamsPerUser } = limits;
  const live = startLive(
    { toParts, subscribe: services.live.subscribe, most: liveStreams, perUser: liveStreamsPerUser },
    context,
  );
  const room: ApiRoom = { services, options, context, live };
  const authentication = createAuthentication(room);

  api.setValidatorCompiler(validate);
  // The types hold answers to their shapes; checking each one again would cost more than making it.
  api.setSerializerCompiler(() => (body) => JSON.stringify(body));
  api.setErrorHandler(createErrorHandler(context));
  api.decorateRequest('who');
  parseJson(api);
  requireAccess(api);
  await api.register(cookie);
  await describeRoutes(api);
  api.addHook('onRequest', createHeaders(options));
  api.addHook('onResponse', (_, { statusCode }, done) => {
    context.count('api_responses', { status: `${Math.floor(statusCode / 100)}xx` });
    done();
  });
  api.addHook('preClose', (done) => {
    live.stop();
    done();
  });

  healthRoutes(api, room);
  await documentRoutes(api);
  await serveConsole(api, options);
  await api.register(
    (plain, _, done) => {
      const v1 = plain as unknown as Api;
      v1.addHook('onRequest', (request, __, next) => {
        authentication.admit(request, request.routeOptions.config.access ?? []);
        next();
      });
      addRoutes(v1, room, authentication);
      done();
    },
    { prefix: '/api/v1' },
  );
  await api.ready();
  return api;
}

/**
 * @returns the port in use, and what ends every connection and lets it go
 * @throws AppError `PORT_UNAVAILABLE`
 */
export async function startApi(
  options: ApiOptions,
  services: Services,
  context: Context,
): Promise<{ readonly port: number; stop(): Promise<void> }> {
  const api = await createApi(options, services, context);
  try {
    await api.listen({ host: options.host, port: options.port });
  } catch (cause) {
    await api.close();
    throw new AppError(
      'PORT_UNAVAILABLE',
      `HTTP on ${options.host}:${options.port}: ${messageOf(cause)}`,
      { cause },
    );
  }
  const { port } = api.server.address() as AddressInfo;
  context.log('info', 'api listens', { room: 'api', host: options.host, port });
  return { port, stop: () => api.close() };
}
