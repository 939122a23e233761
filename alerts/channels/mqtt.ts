import { AppError, messageOf } from '../../model/errors.ts';
import type { Notifier } from '../alerts.ts';
import { toAlertView } from '../view.ts';

/** Hands a message to the broker; resolves when the broker has it. */
export type Publish = (message: {
  readonly topic: string;
  readonly payload: string;
  readonly qos: 1;
  readonly retain: false;
}) => Promise<void>;

interface MqttTopicOptions {
  readonly publish: Publish;
  /** IANA name of an institution's zone. */
  timeZoneOf(institution: string): string;
}

/** The alert object on `v1/alerts/{institution}/{subject}`, for whoever subscribes. */
export const createMqttTopic = ({ publish, timeZoneOf }: MqttTopicOptions): Notifier => ({
  send: async (alert) => {
    const topic = `v1/alerts/${alert.institution}/${alert.subject.id}`;
    const payload = JSON.stringify(toAlertView(alert, timeZoneOf(alert.institution)));
    try {
      await publish({ topic, payload, qos: 1, retain: false });
    } catch (error) {
      throw new AppError('NOTIFY_FAILED', `The broker did not take it: ${messageOf(error)}`, {
        retryable: true,
        cause: error,
      });
    }
  },
});
