import mqttPacket from 'mqtt-packet';
import type { Context } from '../model/context.ts';
import type { Take } from '../model/envelope.ts';
import { minuteMs } from '../model/time.ts';
import { type Broker, type BrokerAccess, type BrokerOptions, defaultLimits } from './broker.ts';
import { refuse, tickMs } from './connection.ts';
import { createDoor } from './door.ts';
import { receive } from './lane.ts';
import { openListener } from './listener.ts';

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
  const { connections } = limits;
  const dropped = () => refuse(parts, 'limit');
  const callers = { open: door.open, receive, dropped };
  const listener = await openListener('MQTT', { ...options, connections }, callers).catch(
    (error: unknown) => {
      aedes.close();
      throw error;
    },
  );
  const sweep = setInterval(door.sweep, minuteMs).unref();
  const tick = setInterval(door.tick, tickMs).unref();
  return {
    port: listener.port,
    publish: door.publish,
    states: parts.states,
    clients: () => parts.live.size,
    closeStale: door.closeStale,
    async stop() {
      clearInterval(sweep);
      clearInterval(tick);
      const closed = listener.close();
      door.closeAll();
      await closed;
      await new Promise<void>((resolve) => aedes.close(resolve));
    },
  };
}
