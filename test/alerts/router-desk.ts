import type { AlertChange, Notifier } from '../../alerts/alerts.ts';
import { createRouter } from '../../alerts/router.ts';
import type { Alert } from '../../model/alert.ts';
import type { ChannelSettings, Routing } from '../../model/entities.ts';
import { AppError } from '../../model/errors.ts';
import type { Desk } from './samples.ts';
import { directoryOf, openDesk } from './samples.ts';

type Sent = { channel: string; change: AlertChange; alert: Alert; key: string };
type Answer = (channel: string) => void | Promise<void>;

export const hook = (id: string): ChannelSettings => ({ id, kind: 'webhook', url: `http://${id}` });
export const rule = (over: Partial<Routing> = {}): Routing => ({
  id: 'r',
  institution: 'city',
  kinds: ['vehicle.*'],
  severity: 'warning',
  channel: 'duty',
  ...over,
});

export const away = (retryable: boolean) => () => {
  throw new AppError('NOTIFY_FAILED', 'away', { retryable });
};

interface Plan {
  readonly routing?: readonly Routing[];
  readonly channels?: readonly string[];
  readonly feed?: boolean;
}

export function startDesk(desk: Desk = openDesk(), plan: Plan = {}) {
  const sent: Sent[] = [];
  const world: { answer: Answer; routing: readonly Routing[] } = {
    answer: () => {},
    routing: plan.routing ?? [rule()],
  };
  const channels = (plan.channels ?? ['duty']).map(hook);
  const notifierOf = (channel: string): Notifier => ({
    send: async (alert, change, key) => {
      await world.answer(channel);
      sent.push({ channel, change, alert, key });
    },
  });
  const router = createRouter({
    book: desk,
    database: desk.database,
    directory: () => directoryOf(world.routing, channels),
    notifier: ({ id }) => notifierOf(id),
    ...(plan.feed ? { feed: notifierOf('feed') } : {}),
    context: desk.context,
    random: () => 0,
  });
  const run = async () => {
    await router.work();
    await router.idle();
  };
  const told = () => sent.map(({ channel, change }) => `${channel} ${change}`);
  return { desk, router, sent, world, run, told };
}
