import type { Log } from '../../model/context.ts';
import type { ChannelSettings, Institution } from '../../model/entities.ts';
import { AppError } from '../../model/errors.ts';
import type { Notifier } from '../alerts.ts';
import { createEmail } from './email.ts';
import { createWebhook } from './webhook.ts';

export { createMqttTopic } from './mqtt.ts';

/** What channels are handed of the service they speak for. */
export interface ChannelWorld {
  /** Where people find the console, without a slash at the end. */
  readonly publicUrl: string;
  /** Undefined: e-mail is not set up. */
  readonly smtpUrl: string | undefined;
  /** Sender of e-mail. */
  readonly mailFrom: string;
  institution(id: string): Pick<Institution, 'name' | 'timeZone'> | undefined;
  /** The secret a channel's messages are signed with. */
  secretOf(channel: string): string | undefined;
  now(): number;
  readonly log: Log;
}

const unusable = (message: string): Notifier => ({
  send: async () => {
    throw new AppError('NOTIFY_FAILED', message, { retryable: true });
  },
});

/** The channel as it is set up; one that cannot send says why at each attempt, until its settings are mended. */
export function createNotifier(channel: ChannelSettings, world: ChannelWorld): Notifier {
  const { publicUrl, smtpUrl } = world;
  const timeZoneOf = (id: string) => world.institution(id)?.timeZone ?? 'Asia/Shanghai';
  if (channel.kind === 'webhook') {
    const secret = () => world.secretOf(channel.id);
    return createWebhook({ url: channel.url ?? '', secret, timeZoneOf, publicUrl, now: world.now });
  }
  if (smtpUrl === undefined) return unusable('GUANJIA_SMTP_URL is not set.');
  const nameOf = (id: string) => world.institution(id)?.name ?? id;
  const to = channel.to ?? [];
  const onRefused = (receivers: readonly string[]) =>
    world.log('warn', 'mail server refuses receivers', { channel: channel.id, receivers });
  const from = world.mailFrom;
  return createEmail({ smtpUrl, from, to, publicUrl, timeZoneOf, nameOf, onRefused });
}
