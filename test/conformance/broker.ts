/**
 * The MQTT door with an access policy for the Eclipse Paho interoperability suite for MQTT 3.1.1: anybody may connect, publish and
 * subscribe, except to `test/nosubscribe`. Nothing is kept; a journal that is always at once durable stands in for the real one.
 *
 *     node test/conformance/broker.ts <port>
 */
import type { BrokerAccess, Session } from '../../broker/broker.ts';
import { startBroker } from '../../broker/mqtt.ts';
import { quiet } from '../../model/context.ts';
import type { Take } from '../../model/envelope.ts';

const anybody: Session = { user: '', speaksFor: [] };

const access: BrokerAccess = {
  async authenticate({ clientId, clean }) {
    // [MQTT-3.1.3-8] Without a client id there is no session to come back to.
    return clientId === '' && !clean ? { refused: 'client-id' } : anybody;
  },
  mayPublish: () => ({ to: 'journal', device: 'test', protocol: 'mqtt-json', retain: true }),
  maySubscribe: (_, filter) => filter !== 'test/nosubscribe',
  mayWill: () => ({ retain: true }),
  isCurrent: () => true,
};

const take: Take = (_, waiter) => {
  queueMicrotask(() => waiter.settle(1, undefined));
  return true;
};

const port = Number(process.argv[2] ?? 1883);
const broker = await startBroker({ host: '127.0.0.1', port }, access, take, quiet);
console.log(`listening on ${broker.port}`);
for (const signal of ['SIGINT', 'SIGTERM'] as const) {
  process.once(signal, () => broker.stop().then(() => process.exit(0)));
}
