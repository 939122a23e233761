import { Link } from 'wouter';
import type { EntityView } from '../../api/contract.ts';
import { useApp } from '../lib/app-context.ts';
import { formatNumber } from '../lib/format.ts';
import { useEntities } from '../lib/use-lists.ts';

type MeterView = EntityView<'meters'>;

type Way = Omit<NonNullable<MeterView['dlt645']>, 'address'>;

const lineTo = ({ host, port, dtu, serial }: Way): string =>
  serial?.path ?? (dtu ? `DTU ${dtu.id}` : `${host}:${port}`);

/** How the meter is reached, as an integrator says it; undefined where it is not reached itself. */
function wayTo({ modbus, dlt645, cjt188, mqtt }: MeterView): string | undefined {
  if (modbus) {
    const { serial, dtu, framing, unit, profile } = modbus;
    const language = serial || dtu || framing === 'rtu' ? 'RTU' : 'TCP';
    return `Modbus ${language} ${lineTo(modbus)} #${unit} (${profile})`;
  }
  if (dlt645) return `DL/T 645 ${lineTo(dlt645)} #${dlt645.address}`;
  if (cjt188) return `CJ/T 188 ${lineTo(cjt188)} #${cjt188.address}`;
  return mqtt && ['MQTT', mqtt.mapping, mqtt.id].filter(Boolean).join(' ');
}

/** What the registry says of a meter. */
export function MeterFacts({ meter }: { readonly meter: MeterView }) {
  const { texts, locale } = useApp();
  const meters = useEntities('meters');
  const link = meter.virtual ? texts.meters.workedOut : (wayTo(meter) ?? '—');
  const parent = meter.parent === undefined ? undefined : meters.data?.byId.get(meter.parent);
  return (
    <section className="card">
      <h2>{texts.meters.details}</h2>
      <dl className="facts">
        <div>
          <dt>ID</dt>
          <dd>
            <code>{meter.id}</code>
          </dd>
        </div>
        <div>
          <dt>{texts.meters.medium}</dt>
          <dd>
            {texts.medium[meter.medium]}
            {meter.subItem !== undefined && ` · ${meter.subItem}`}
          </dd>
        </div>
        {meter.ratedKw !== undefined && (
          <div>
            <dt>{texts.meters.rated}</dt>
            <dd>{formatNumber(meter.ratedKw, locale)} kW</dd>
          </div>
        )}
        {meter.everyS !== undefined && (
          <div>
            <dt>{texts.meters.every}</dt>
            <dd>{texts.time.seconds(formatNumber(meter.everyS, locale, 0))}</dd>
          </div>
        )}
        {meter.ctRatio !== 1 && (
          <div>
            <dt>{texts.meters.ratio}</dt>
            <dd>
              CT {meter.ctRatio}
              {meter.ptRatio !== 1 && ` · PT ${meter.ptRatio}`}
            </dd>
          </div>
        )}
        <div>
          <dt>{texts.meters.link}</dt>
          <dd>{link}</dd>
        </div>
        {meter.parent !== undefined && (
          <div>
            <dt>{texts.meters.parent}</dt>
            <dd>
              <Link href={`/meters/${meter.parent}`}>{parent?.name ?? meter.parent}</Link>
            </dd>
          </div>
        )}
      </dl>
    </section>
  );
}
