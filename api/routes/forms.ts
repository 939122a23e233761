import type { z } from 'zod';
import { cellsOf, type FormDefinition, isEnterable } from '../../energy/form/definition.ts';
import { type FormCalibre, type FormVersion, standing } from '../../forms/forms.ts';
import type { Institution } from '../../model/entities.ts';
import { AppError, type Fault } from '../../model/errors.ts';
import { type FormAction, type FormPeriod, formPeriod, spanOfPeriod } from '../../model/form.ts';
import { answers, idParams } from '../document.ts';
import { checkMay, mayDo } from '../form-review.ts';
import {
  actBody,
  enterBody,
  type FormView,
  formActedShape,
  formParams,
  formQuery,
  formShape,
  formsQuery,
  formsShape,
  reasonBody,
  submitBody,
} from '../form-shape.ts';
import { firstOwed } from '../form-since.ts';
import { formTables } from '../form-tables.ts';
import { formHead, ownView, sumView, versionView } from '../form-view.ts';
import type { Api, ApiRoom, Who } from '../http.ts';
import { bookkeepers, formReaders, formWriters } from '../roles.ts';
import { seen } from '../scope.ts';
import { answerAs, sheets } from '../sheets.ts';

/** The statutory statistics of an institution (公共机构能源资源消费统计), by month and year. */

const tags = ['institutions'];
/** A year of some hundred institutions. */
const longestMs = 300_000;

const listing = {
  config: { access: formReaders },
  schema: {
    tags,
    summary: 'Forms of a year that have begun, with their state and when they are due',
    params: idParams,
    querystring: formsQuery,
    response: answers({ 200: formsShape }),
  },
};
const reading = {
  config: { access: formReaders },
  handlerTimeout: longestMs,
  schema: {
    tags,
    summary: 'The statistics form of a month or year, with checks and what each cell is made of',
    description:
      'A draft follows the data; what was submitted is frozen, and `since` says what would be different by what is known now. All standard coal in one answer is of one calibre. ' +
      'The year is made of the months that have begun, each as it was submitted, else as it is known now.',
    params: formParams,
    querystring: formQuery,
    response: answers({ 200: sheets(formShape) }),
  },
};
const entering = {
  config: { access: formWriters },
  schema: {
    tags,
    summary: 'Enter cells of the draft',
    description:
      'What nobody measures, or in the place of what was measured, which then needs a note.',
    params: formParams,
    body: enterBody,
    response: answers({ 200: formActedShape }),
  },
};
const acting = <T extends z.ZodType>(summary: string, body: T) => ({
  config: { access: formWriters },
  handlerTimeout: longestMs,
  schema: { tags, summary, params: formParams, body, response: answers({ 200: formActedShape }) },
});

/** @throws AppError `INPUT_MALFORMED` */
function periodOf(name: string): FormPeriod {
  const period = formPeriod(name);
  if (!period) throw new AppError('INPUT_MALFORMED', 'period: want YYYY-MM or YYYY');
  return period;
}

/** What may not be written into, and what wants a note. @throws AppError `INPUT_INVALID` with every fault */
function checkEntered(
  definition: FormDefinition,
  { edition, date }: FormPeriod,
  entered: z.infer<typeof enterBody>['entered'],
): void {
  const cells = new Map(cellsOf(definition, edition, date).map((cell) => [cell.code, cell]));
  const faults = Object.entries(entered).flatMap(([code, said]): Fault[] => {
    const cell = cells.get(code);
    const path = `entered.${code}`;
    if (!cell) return [{ path, message: '没有此项目。 There is no such cell.' }];
    if (!isEnterable(cell))
      return [{ path, message: '此项目不能填报。 This cell cannot be entered.' }];
    const wantsNote = said !== null && !said.note && cell.source.kind !== 'entered';
    if (!wantsNote) return [];
    return [
      { path: `${path}.note`, message: '代替计量值须注明来源。 Say where the figure is from.' },
    ];
  });
  if (faults.length === 0) return;
  const detail = faults.map(({ path, message }) => `${path}: ${message}`).join('; ');
  throw new AppError('INPUT_INVALID', detail, { faults });
}

export function formRoutes(api: Api, room: ApiRoom): void {
  listRoute(api, room);
  readRoute(api, room);
  enterRoute(api, room);
  actRoutes(api, room);
}

function listRoute(api: Api, { services, context }: ApiRoom): void {
  const { registry, forms } = services;
  api.get('/institutions/:id/forms', listing, async ({ who, params, query }) => {
    const institution = seen(who, registry, 'institutions', params.id);
    const { id, timeZone: zone } = institution;
    const now = context.now();
    const since = await firstOwed(services, institution, now);
    const { dueDay } = forms.definition;
    const all = Map.groupBy(forms.book.ofInstitution(id, String(query.year)), (v) => v.period);
    const months = Array.from({ length: 12 }, (_, n) => `-${String(n + 1).padStart(2, '0')}`);
    const items = ['', ...months].flatMap((month) => {
      const period = periodOf(`${query.year}${month}`);
      const versions = all.get(period.name) ?? [];
      const hasBegun = spanOfPeriod(period, zone).from <= now;
      if (!hasBegun && versions.length === 0) return [];
      return formHead({ period, dueDay, now, zone, since }, versions.at(-1), standing(versions));
    });
    return { items, next: null };
  });
}

interface Asked {
  readonly who: Who;
  readonly institution: Institution;
  readonly period: FormPeriod;
  readonly query: z.infer<typeof formQuery>;
  readonly signal: AbortSignal;
}

async function viewOf(
  { services, context }: ApiRoom,
  { who, institution, period, query, signal }: Asked,
): Promise<FormView> {
  const { registry, forms } = services;
  const now = context.now();
  const { calibre, version, scope } = query;
  const { dueDay } = forms.definition;
  const key = { institution: institution.id, period: period.name };
  const since = await firstOwed(services, institution, now);
  const dated = { period, dueDay, since, now, zone: institution.timeZone };
  const question = { institution, period, signal, ...(calibre && { calibre }) };
  const mayKnowVehicles = bookkeepers.includes(who.role) || formWriters.includes(who.role);
  const about = { institution, desk: forms, dated, mayKnowVehicles, may: [] };
  if (scope === 'sum') return sumView(about, await forms.sum(question));
  const told = await forms.own({ ...question, ...(version !== undefined && { version }) });
  const versions = forms.book.versions(key);
  const may = mayDo(who, institution, registry.directory(), versions.at(-1));
  const history = forms.book.history(key);
  return ownView({ ...about, may }, told, versions, standing(versions), history);
}

function readRoute(api: Api, room: ApiRoom): void {
  const { registry } = room.services;
  api.get('/institutions/:id/forms/:period', reading, async (request, reply) => {
    const { who, params, query, signal } = request;
    const institution = seen(who, registry, 'institutions', params.id);
    const period = periodOf(params.period);
    const view = await viewOf(room, { who, institution, period, query, signal });
    const sum = query.scope === 'sum' ? '-sum' : '';
    const name = `statistics-${params.id}-${params.period}${sum}-${view.calibre}`;
    return answerAs(reply, query.format, name, view, () => formTables(view, institution.name));
  });
}

const acted = (version: FormVersion, zone: string) => ({
  ...versionView(version, zone),
  period: version.period,
  revision: version.revision,
});

function enterRoute(api: Api, { services: { registry, forms } }: ApiRoom): void {
  api.patch('/institutions/:id/forms/:period', entering, ({ who, params, body }) => {
    const { id, timeZone } = seen(who, registry, 'institutions', params.id);
    const period = periodOf(params.period);
    const { entered, calibre, revision } = body;
    checkEntered(forms.definition, period, entered);
    const actor = { user: who.user, ...(revision !== undefined && { revision }) };
    const changes = { entered, ...(calibre && { calibre }) };
    const made = forms.book.enter({ institution: id, period: period.name }, changes, actor);
    registry.note({
      user: who.user,
      action: 'update',
      kind: 'forms',
      id: `${id} ${period.name}`,
      detail: { version: made.version, ...changes },
    });
    return acted(made, timeZone);
  });
}

interface Act {
  readonly action: FormAction;
  readonly who: Who;
  readonly id: string;
  readonly period: string;
  readonly revision?: number | undefined;
  readonly comment?: string | undefined;
  readonly calibre?: FormCalibre | undefined;
}

async function act({ services: { registry, forms } }: ApiRoom, asked: Act) {
  const { action, who, revision, comment, calibre } = asked;
  const institution = seen(who, registry, 'institutions', asked.id);
  const period = periodOf(asked.period);
  const key = { institution: institution.id, period: period.name };
  const newest = forms.book.versions(key).at(-1);
  checkMay(action, who, institution, registry.directory(), newest);
  const actor = {
    user: who.user,
    ...(revision !== undefined && { revision }),
    ...(comment && { comment }),
  };
  const steps = {
    submit: () => forms.submit({ institution, period, ...(calibre && { calibre }) }, actor),
    approve: async () => forms.book.approve(key, actor),
    return: async () => forms.book.sendBack(key, actor),
    correct: async () => forms.book.correct(key, actor),
  };
  const made = await steps[action]();
  const { version, state } = made;
  const detail = { version, state, ...(comment && { comment }) };
  const id = `${institution.id} ${period.name}`;
  registry.note({ user: who.user, action, kind: 'forms', id, detail });
  return acted(made, institution.timeZone);
}

function actRoutes(api: Api, room: ApiRoom): void {
  api.post(
    '/institutions/:id/forms/:period/submit',
    acting('Self-check the draft and submit it: from then on it is frozen', submitBody),
    ({ who, params, body }) => act(room, { action: 'submit', who, ...params, ...body }),
  );
  api.post(
    '/institutions/:id/forms/:period/approve',
    acting('Review what was submitted, or make it final', actBody),
    ({ who, params, body }) => act(room, { action: 'approve', who, ...params, ...body }),
  );
  const reasoned = [
    ['return', 'Send back what is not final: a new draft takes its place'],
    ['correct', 'Begin a new version of what was submitted, which stays in force meanwhile'],
  ] as const;
  for (const [action, summary] of reasoned)
    api.post(
      `/institutions/:id/forms/:period/${action}`,
      acting(summary, reasonBody),
      ({ who, params, body: { revision, reason } }) =>
        act(room, { action, who, ...params, revision, comment: reason }),
    );
}
