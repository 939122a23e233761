import { createServer, type Server } from 'node:net';
import { createServer as createTlsServer } from 'node:tls';
import mqttPacket from 'mqtt-packet';
import type { Context } from '../model/context.ts';
import type { Take } from '../model/envelope.ts';
import { AppError } from '../model/errors.ts';
import { minuteMs } from '../model/time.ts';
import { createAccept, readPlainly } from './accept.ts';
import { type Broker, type BrokerAccess, type BrokerOptions, defaultLimits } from './broker.ts';
import { refuse, tickMs } from './connection.ts';
import { createDoor, type Door } from './door.ts';
import { receive } from './lane.ts';

const handshakeMs = 10_000;
/** A link that died without a word is noticed by TCP where the client wants no keep-alive. */
const probeMs = 60_000;

/**
 * Opens the MQTT door. A client is acknowledged only after its message has become durable; then it is routed to subscribers.
 * While nothing can be taken nobody is turned away: messages wait unacknowledged, and more is not read.
 *
 * @param take of the journal
 * @throws AppError `PORT_UNAVAILABLE`
 */
export async function startBroker(
  options: BrokerOptions,
  access: BrokerAccess,
  take: Take,
  context: Context,
): Promise<Broker> {
  // The library's writer would make 65,536 buffers of two bytes when it writes for the first time: 8 MB and a standstill.
  mqttPacket.writeToStream.cacheNumbers = false;
  const limits = { ...defaultLimits, ...options.limits };
  const door = createDoor(access, take, limits, context);
  const { aedes, parts } = door;
  await aedes.listen();
  const server = createListener(options, door.open);
  server.maxConnections = limits.connections;
  server.on('drop', () => refuse(parts, 'limit'));
  const port = await listen(server, options).catch((error: unknown) => {
    aedes.close();
    throw error;
  });
  const sweep = setInterval(door.sweep, minuteMs).unref();
  const tick = setInterval(door.tick, tickMs).unref();
  return {
    port,
    publish: door.publish,
    clients: () => parts.live.size,
    closeStale: door.closeStale,
    async stop() {
      clearInterval(sweep);
      clearInterval(tick);
      const closed = new Promise((resolve) => server.close(resolve));
      door.closeAll();
      await closed;
      await new Promise<void>((resolve) => aedes.close(resolve));
    },
  };
}

function createListener({ tls }: BrokerOptions, open: Door['open']): Server {
  if (!tls) {
    const accept = createAccept(receive);
    const options = {
      pauseOnConnect: true,
      noDelay: true,
      keepAlive: true,
      keepAliveInitialDelay: probeMs,
    };
    return createServer(options, (accepted) => {
      const address = accepted.remoteAddress ?? '';
      open(accept(accepted), address);
    });
  }
  const { cert, key } = tls;
  const options = {
    cert,
    key,
    minVersion: 'TLSv1.2',
    handshakeTimeout: handshakeMs,
  } as const;
  return createTlsServer(options, (socket) => {
    socket.setNoDelay(true).setKeepAlive(true, probeMs);
    open(socket, socket.remoteAddress ?? '');
    readPlainly(socket, receive);
  });
}

function listen(server: Server, { host, port }: BrokerOptions): Promise<number> {
  return new Promise((resolve, reject) => {
    server.once('error', (error) => {
      const message = `the MQTT door cannot be opened on ${host}:${port}: ${error.message}`;
      reject(new AppError('PORT_UNAVAILABLE', message, { cause: error }));
    });
    server.listen(port, host, () => {
      const address = server.address();
      resolve(typeof address === 'object' && address ? address.port : port);
    });
  });
}
