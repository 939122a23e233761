import { Link } from 'wouter';
import type { FleetLedgerView, Page, StatementView } from '../../api/contract.ts';
import { minuteMs } from '../../model/time.ts';
import { figureInfo } from '../../model/vehicle-ledger.ts';
import { useApp, useTitle } from '../lib/app-context.ts';
import { useLoad } from '../lib/use-load.ts';
import { type Names, useNames } from '../lib/use-names.ts';
import { byConcern, columns, type LedgerVehicle, monthAsked } from '../lib/vehicle-ledger.ts';
import { Choice, Filters } from '../parts/filters.tsx';
import { Findings, LedgerFigure, LedgerFiles, useWhy } from '../parts/ledger-figure.tsx';
import { OfInstitution } from '../parts/of-institution.tsx';
import { StatementDialog } from '../parts/statement-dialog.tsx';
import { StatementList } from '../parts/statement-list.tsx';
import { Empty, Show } from '../parts/states.tsx';
import { Table } from '../parts/table.tsx';
import { Tile } from '../parts/tile.tsx';

const mostShown = 1_000;

interface RowProps {
  readonly vehicle: LedgerVehicle;
  readonly month: string;
  readonly names: Names;
}

function Row({ vehicle, month, names }: RowProps) {
  const { texts, locale } = useApp();
  const words = texts.vehicleLedger;
  const why = useWhy();
  const { findings, fuelFindings } = vehicle;
  return (
    <tr>
      <td>
        <Link href={`/vehicle-ledger/${vehicle.vehicle}?month=${month}`}>{vehicle.plate}</Link>
        <small>{names.institution(vehicle.institution)}</small>
      </td>
      {columns.map((name) => (
        <td key={name} className="number" data-label={figureInfo(name)[locale]}>
          <span title={why(vehicle, name)}>
            <LedgerFigure name={name} value={vehicle.figures[name]} />
          </span>
        </td>
      ))}
      <td data-label={words.told}>
        <Findings told={findings} />
        {fuelFindings > 0 && (
          <span className="badge verdict warning">{words.fuelFindings(fuelFindings)}</span>
        )}
      </td>
    </tr>
  );
}

function Sums({ total }: Pick<FleetLedgerView, 'total'>) {
  const { texts, locale } = useApp();
  const words = texts.vehicleLedger;
  return (
    <div className="tiles">
      <Tile label={words.vehicles} value={total.vehicles} />
      {columns.map((name) => {
        const { sum, average, known } = total.figures[name];
        return (
          <Tile
            key={name}
            label={figureInfo(name)[locale]}
            value={<LedgerFigure name={name} value={figureInfo(name).ratio ? average : sum} />}
            note={known < total.vehicles && words.known(known, total.vehicles)}
          />
        );
      })}
    </div>
  );
}

interface BodyProps {
  readonly institution: string;
  readonly month: string;
}

function Body({ institution, month }: BodyProps) {
  const { api, texts, locale } = useApp();
  const words = texts.vehicleLedger;
  const names = useNames();
  const path = `/institutions/${encodeURIComponent(institution)}/vehicle-ledger`;
  const loaded = useLoad(
    `vehicle-ledger:${institution}:${month}`,
    (signal) => api.get<FleetLedgerView>(path, { month }, signal),
    { freshMs: 5 * minuteMs },
  );
  const statements = useLoad('fuel-cards', (signal) =>
    api.get<Page<StatementView>>('/fuel-cards', {}, signal),
  );
  const reload = () => {
    loaded.reload();
    statements.reload();
  };
  return (
    <Show of={loaded}>
      {(ledger) =>
        ledger.vehicles.length === 0 ? (
          <Empty title={words.none} />
        ) : (
          <>
            {!ledger.complete && <p className="faint">{words.underWay}</p>}
            <Sums total={ledger.total} />
            <div className="row">
              <LedgerFiles path={path} month={month} />
              <StatementDialog done={reload} />
            </div>
            <StatementList statements={statements} done={reload} />
            <Table
              kind="trips"
              heads={[
                texts.trips.vehicle,
                ...columns.map((name) => ({ number: figureInfo(name)[locale] })),
                words.told,
              ]}
            >
              {byConcern(ledger.vehicles)
                .slice(0, mostShown)
                .map((vehicle) => (
                  <Row key={vehicle.vehicle} vehicle={vehicle} month={month} names={names} />
                ))}
            </Table>
            {ledger.vehicles.length > mostShown && <p className="note">{words.cut}</p>}
          </>
        )
      }
    </Show>
  );
}

/** What the vehicles of an institution did, used and cost in a month. Both stand in the address. */
export function VehicleLedgerScreen() {
  const { texts } = useApp();
  const words = texts.vehicleLedger;
  useTitle(words.title);
  return (
    <div className="screen">
      <h1>{words.title}</h1>
      <p className="faint">{words.explain}</p>
      <OfInstitution>
        {({ institution: { id }, today, chooser, query, choose }) => {
          const { months, month } = monthAsked(query, today);
          return (
            <>
              <Filters>
                {chooser}
                <Choice
                  label={words.month}
                  value={month}
                  options={months.map((known) => [known, known])}
                  choose={(known) => choose('month', known)}
                />
              </Filters>
              <Body key={`${id} ${month}`} institution={id} month={month} />
            </>
          );
        }}
      </OfInstitution>
    </div>
  );
}
