import { z } from 'zod';
import type { EntityKind } from '../model/entities.ts';
import type { CommandView } from './command-shape.ts';
import type { EntityView } from './entity-shapes.ts';
import type { alertActionBodies } from './request-shapes.ts';
import {
  alertStateShape,
  type datumShape,
  idShape,
  instantShape,
  qualityShape,
  roleShape,
  severityShape,
  verdictShape,
} from './words.ts';

/** Answers of every route under `/api/v1`, shared with the console. What requests may say is in `request-shapes.ts`. */

export type { CommandView, FrameFieldView, FrameView, ParameterInfoView } from './command-shape.ts';
export type { Consumption, ExpectedView } from './consumption-shape.ts';
export type { FormsView, FormView } from './form-shape.ts';
export type { CostView, IndicatorsView } from './indicators-shape.ts';
export type { InstitutionPageView, StretchFigures } from './institution-page-shape.ts';
export type { LedgerDayView, LedgerLine, LedgerOverview, LedgerView } from './ledger-shape.ts';
export type { MeterTreeView } from './meter-tree-shape.ts';
export type { PipelineView } from './pipeline-shape.ts';
export type {
  QuarantineInspected,
  QuarantineSummaryView,
  RequeuedView,
} from './quarantine-shape.ts';
export type { ProposalView } from './replacement-shape.ts';
export type { ConsoleSettings } from './settings-shape.ts';
export type { LeagueView, StandingView } from './standing-shape.ts';
export type { StatementView } from './statement-shape.ts';
export type { TerminalView } from './terminal-shape.ts';
export type { TripView } from './trip-shape.ts';
export type { FleetLedgerView, VehicleLedgerView } from './vehicle-ledger-shape.ts';
export type { EntityView };
export type Datum = z.infer<typeof datumShape>;

// Session

export const meShape = z
  .object({
    id: z.string(),
    name: z.string(),
    role: roleShape,
    institution: idShape
      .nullable()
      .meta({ description: 'Acts within it and those below; null is everything' }),
    timeZone: z.string(),
    writes: z.array(z.string()).readonly().meta({ description: 'Collections the role may change' }),
    commands: z
      .array(z.string())
      .readonly()
      .meta({ description: 'Kinds of commands the role may give to terminals' }),
  })
  .meta({ id: 'Me' });
export const sessionShape = z
  .object({ token: z.string(), expiresAt: instantShape, user: meShape })
  .meta({ id: 'Session' });
export const invitationShape = z.object({
  token: z.string(),
  url: z.string().meta({ description: 'For one use within 72 hours' }),
});
export type Me = Omit<z.infer<typeof meShape>, 'writes' | 'commands'> & {
  readonly writes: readonly EntityKind[];
  readonly commands: readonly CommandView['kind'][];
};
export type Session = z.infer<typeof sessionShape>;

// Telemetry

const timeSource = z.enum(['device', 'receipt']);
const next = z
  .string()
  .nullable()
  .meta({ description: 'Cursor of the next page; null at the end' });

export const readingsShape = z.object({
  unit: z.string(),
  items: z
    .array(z.object({ at: instantShape, value: z.number(), quality: qualityShape, timeSource }))
    .readonly(),
  next,
});

const latestReadingShape = z
  .object({
    meter: z.string(),
    metric: z.string(),
    unit: z.string(),
    at: instantShape,
    value: z.number(),
    quality: qualityShape,
    timeSource,
  })
  .meta({ id: 'LatestReading' });
export const latestReadingsShape = z.object({
  items: z.array(latestReadingShape).readonly(),
  next,
});

const positionShape = z
  .object({
    vehicle: z.string(),
    at: instantShape,
    lat: z.number(),
    lon: z.number(),
    speedKmh: z.number().nullable(),
    headingDeg: z.number().nullable(),
    acc: z.boolean().nullable().meta({ description: 'Ignition on' }),
    fixed: z.boolean().meta({ description: 'False: the coordinates are the last known ones' }),
    online: z
      .boolean()
      .meta({ description: 'Heard within three of its intervals, at least 120 s' }),
  })
  .meta({ id: 'Position' });
export const positionsShape = z.object({
  items: z.array(positionShape).readonly(),
  next: z.null(),
});

export const trackShape = z.object({
  items: z
    .array(
      z.object({
        at: instantShape,
        lat: z.number(),
        lon: z.number(),
        speedKmh: z.number().nullable(),
        headingDeg: z.number().nullable(),
        quality: z
          .enum(['good', 'poor', 'invalid', 'jump', 'stuck', 'drift', 'start-up', 'clock'])
          .meta({
            description:
              'poor: fewer than 4 satellites; invalid: no fix; jump: where no car can have come to; stuck: the receiver repeats itself while the car moves; drift: wanders while the car stands; start-up: scattered before the receiver had settled; clock: the device clock is more than a year behind',
          }),
        odometerKm: z
          .number()
          .nullable()
          .meta({ description: 'As the vehicle or its terminal says it; null where it does not' }),
        alarms: z.array(z.int()).readonly().meta({
          description:
            'Alarm bits of a JT/T 808 terminal, by their numbers in JT/T 808-2019 table 25',
        }),
      }),
    )
    .readonly(),
  next,
});

export type Readings = z.infer<typeof readingsShape>;
export type LatestReading = z.infer<typeof latestReadingShape>;
export type Position = z.infer<typeof positionShape>;
export type Track = z.infer<typeof trackShape>;

// What the live stream carries: `position` is a Position, `reading` a LatestReading, `alert` an AlertView.
// `reset`: what came between the last event and now is not known; fetch the lists again.

// Alerts

const text = z.object({ zh: z.string(), en: z.string() });
const facts = z.record(z.string(), z.unknown());

export const alertShape = z
  .object({
    id: z.string(),
    rule: z.string(),
    kind: z.string(),
    severity: severityShape,
    subject: z.object({
      type: z.enum(['meter', 'vehicle', 'institution', 'building', 'door']),
      id: z.string(),
    }),
    institution: z.string(),
    state: alertStateShape,
    openedAt: instantShape.meta({ description: 'Of the reading or fix that made the rule decide' }),
    raisedAt: instantShape.meta({ description: 'Our clock' }),
    clearedAt: instantShape.nullable(),
    summary: text,
    evidence: z.object({
      from: instantShape,
      to: instantShape,
      flagged: z.array(instantShape).readonly(),
      observed: facts,
      expected: facts,
      method: text,
      context: facts,
      quality: facts,
      rule: z.object({ id: z.string(), version: z.int(), params: facts }),
    }),
    acknowledgedBy: z.string().nullable(),
    assignee: z.string().nullable(),
    verdict: z
      .object({
        verdict: verdictShape,
        reason: z.string().exactOptional(),
        user: z.string(),
        at: instantShape,
      })
      .nullable(),
    comments: z
      .array(z.object({ at: instantShape, user: z.string(), text: z.string() }))
      .readonly(),
    version: z.int(),
  })
  .meta({ id: 'Alert' });
export const alertsShape = z.object({ items: z.array(alertShape).readonly(), next });
export type AlertView = z.infer<typeof alertShape>;

export type AlertActionName = keyof typeof alertActionBodies;

// The service itself

export const ruleKindShape = z
  .object({
    kind: z.string(),
    version: z.int(),
    title: text,
    description: text,
    severity: severityShape,
    onlyByInstance: z.boolean().meta({ description: 'Runs only where a rule asks for it' }),
    params: facts.meta({ description: 'JSON Schema' }),
    defaults: facts,
  })
  .meta({ id: 'RuleKind' });
export type RuleKindView = z.infer<typeof ruleKindShape>;

export const quarantineItemShape = z
  .object({
    seq: z.int(),
    part: z.int(),
    door: z.string(),
    protocol: z.string(),
    device: z.string(),
    receivedAt: instantShape,
    times: z.int().meta({ description: 'How often it was set aside' }),
    lastAt: instantShape,
    requeuedAt: instantShape.nullable().meta({ description: 'Being read again since' }),
    reason: z.string(),
    detail: z.string(),
    bytes: z.string().meta({ description: 'Base64' }),
    hex: z.string().meta({ description: 'The first 64 bytes' }),
    length: z.int(),
  })
  .meta({ id: 'QuarantineItem' });
export type QuarantineItem = z.infer<typeof quarantineItemShape>;

export const auditEntryShape = z
  .object({
    n: z.int(),
    at: instantShape,
    user: z.string(),
    action: z.string(),
    kind: z.string(),
    id: z.string(),
    detail: facts,
  })
  .meta({ id: 'AuditEntry' });

export const inventoryShape = z.object({
  dryRun: z.boolean(),
  changes: z
    .array(
      z.object({
        kind: z.string(),
        id: z.string(),
        change: z.enum(['add', 'update', 'unchanged']),
      }),
    )
    .readonly(),
});

/** What the console must know before anything else. */

/** RFC 9457, `application/problem+json`. */
export const problemShape = z
  .object({
    type: z.string(),
    title: z.string(),
    status: z.int(),
    detail: z.string(),
    code: z.string(),
    errors: z
      .array(z.object({ path: z.string(), message: z.string(), line: z.int().optional() }))
      .optional(),
  })
  .meta({ id: 'Problem' });
export type Problem = z.infer<typeof problemShape>;

/** A page of a list. */
export const pageOf = <T extends z.ZodType>(item: T) =>
  z.object({ items: z.array(item).readonly(), next });
export interface Page<T> {
  readonly items: readonly T[];
  readonly next: string | null;
}
