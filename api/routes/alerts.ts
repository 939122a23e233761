import type { z } from 'zod';
import type { AlertAction } from '../../alerts/alerts.ts';
import type { Alert } from '../../model/alert.ts';
import { mayAct } from '../../model/duties.ts';
import { AppError } from '../../model/errors.ts';
import { type AlertActionName, type AlertView, alertShape, alertsShape } from '../contract.ts';
import { defined } from '../defined.ts';
import { answers, idParams, ifMatchHeader } from '../document.ts';
import type { Api, ApiRoom, Who } from '../http.ts';
import { alertActionBodies, alertsQuery } from '../request-shapes.ts';
import { alertActors } from '../roles.ts';
import { notFound, scopeOf, zoneOf } from '../scope.ts';
import { versionOf } from '../version.ts';

/** Alerts, and what people do about them. */

const tags = ['alerts'];

/** What the routes have in common: who may see, who may act. */
function createDesk({ registry, alerts, alertView }: ApiRoom['services']) {
  const view = (alert: Alert): AlertView =>
    alertView(alert, zoneOf(registry.directory(), alert.institution));

  /** @throws AppError `NOT_FOUND` */
  async function seenAlert(who: Who, id: string): Promise<Alert> {
    const alert = await alerts.get(id);
    if (!alert || (who.scope && !who.scope.has(alert.institution))) throw notFound('alert', id);
    return alert;
  }

  /** Somebody who may not see the alert cannot be charged with it. @throws AppError `INPUT_INVALID` */
  function checkAssignee(id: string, { institution }: Alert): void {
    const user = registry.get('users', id);
    if (user?.institution === null) return;
    if (user && registry.directory().within(user.institution).has(institution)) return;
    const faults = [{ path: 'user', message: `got ${id}, want a user who may see the alert` }];
    throw new AppError('INPUT_INVALID', 'user: cannot be charged with this alert', { faults });
  }

  return {
    view,
    seenAlert,
    /** @throws AppError `NOT_FOUND`, `NOT_ALLOWED`, and those of `AlertBook.act` */
    async act(who: Who, id: string, action: Act): Promise<AlertView> {
      const alert = await seenAlert(who, id);
      if (!mayAct(who.role, alert)) {
        throw new AppError('NOT_ALLOWED', `the role ${who.role} does not act on ${alert.kind}`);
      }
      if (action.do === 'assign' && action.to !== null) checkAssignee(action.to, alert);
      const after = await alerts.act(id, { ...action, user: who.user });
      registry.note({ user: who.user, action: action.do, kind: 'alerts', id, detail: {} });
      return view(after);
    },
  };
}

type Desk = ReturnType<typeof createDesk>;

export function alertRoutes(api: Api, { services }: ApiRoom): void {
  const desk = createDesk(services);
  readingRoutes(api, services, desk);
  for (const name of Object.keys(actions)) actionRoute(api, desk, name as AlertActionName);
}

const list = {
  config: { access: 'anyone' } as const,
  schema: {
    tags,
    summary: 'Alerts, newest first',
    querystring: alertsQuery,
    response: answers({ 200: alertsShape }),
  },
};
const one = {
  config: { access: 'anyone' } as const,
  schema: { tags, summary: 'One alert', params: idParams, response: answers({ 200: alertShape }) },
};

function readingRoutes(api: Api, { registry, alerts }: ApiRoom['services'], desk: Desk): void {
  api.get('/alerts', list, async ({ who, query }) => {
    const { state: states, institution, limit, ...rest } = query;
    const scope = scopeOf(who, registry.directory(), institution);
    const institutions = scope && [...scope];
    const page = await alerts.list({ limit, ...defined({ ...rest, states, institutions }) });
    return { items: page.items.map(desk.view), next: page.next };
  });

  api.get('/alerts/:id', one, async ({ who, params }) =>
    desk.view(await desk.seenAlert(who, params.id)),
  );
}

function actionRoute(api: Api, desk: Desk, name: AlertActionName): void {
  const { summary, toAct } = actions[name];
  const schema = {
    tags,
    summary,
    params: idParams,
    headers: ifMatchHeader,
    body: alertActionBodies[name],
    response: answers({ 200: alertShape }),
  };
  api.post(`/alerts/:id/${name}`, { config: { access: alertActors }, schema }, (request) => {
    const { who, params, body, headers } = request;
    const version = versionOf(headers['if-match'], body.version);
    // One of the actions with its own body, which the types no longer know together.
    const action = (toAct as (body: unknown) => Act)(body);
    return desk.act(who, params.id, { ...action, ...defined({ version }) });
  });
}

/** An action without the user, who is known. */
type Act = AlertAction extends infer Each
  ? Each extends AlertAction
    ? Omit<Each, 'user'>
    : never
  : never;

type ActionBody<N extends AlertActionName> = z.infer<(typeof alertActionBodies)[N]>;

const actions: {
  readonly [N in AlertActionName]: { readonly summary: string; toAct(body: ActionBody<N>): Act };
} = {
  acknowledge: { summary: 'Somebody looks after it', toAct: () => ({ do: 'acknowledge' }) },
  clear: { summary: 'It is over', toAct: () => ({ do: 'clear' }) },
  shelve: { summary: 'Not before a time', toAct: ({ until }) => ({ do: 'shelve', until }) },
  verdict: {
    summary: 'Whether it was right',
    toAct: ({ verdict, reason }) => ({ do: 'verdict', verdict, ...defined({ reason }) }),
  },
  comment: { summary: 'Say something about it', toAct: ({ text }) => ({ do: 'comment', text }) },
  assign: { summary: 'Put somebody in charge', toAct: ({ user }) => ({ do: 'assign', to: user }) },
};
