import { connectAsync, type IClientOptions, type MqttClient } from 'mqtt';
import { secretOf } from './guanjia.ts';

/** A device with its id and its secret, as it connects by itself. */
export const connectDevice = (
  { ports }: { readonly ports: { readonly mqtt: number } },
  id: string,
  more: IClientOptions = {},
): Promise<MqttClient> =>
  connectAsync(`mqtt://127.0.0.1:${ports.mqtt}`, {
    clientId: id,
    username: id,
    password: secretOf(id),
    ...more,
  });

/** A device that sends to a service that is killed: who is cut off stays so, and does not complain. */
export async function connectOnce(
  guanjia: Parameters<typeof connectDevice>[0],
  id: string,
): Promise<MqttClient> {
  const client = await connectDevice(guanjia, id, { reconnectPeriod: 0 });
  client.on('error', () => {});
  return client;
}
