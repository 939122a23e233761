import { Link } from 'wouter';
import type { EntityView } from '../../api/contract.ts';
import { useApp } from '../lib/app-context.ts';
import { formatNumber } from '../lib/format.ts';
import { useEntities } from '../lib/use-lists.ts';

type MeterView = EntityView<'meters'>;

/** How the meter is reached, as an integrator says it; undefined where it is not reached itself. */
function wayTo({ modbus, dlt645, cjt188, mqtt }: MeterView): string | undefined {
  if (modbus) {
    const { serial, framing, host, port, unit, profile } = modbus;
    const line = serial?.path ?? `${host}:${port}`;
    return `Modbus ${serial || framing === 'rtu' ? 'RTU' : 'TCP'} ${line} #${unit} (${profile})`;
  }
  if (dlt645) return `DL/T 645 ${dlt645.host}:${dlt645.port} #${dlt645.address}`;
  if (cjt188) return `CJ/T 188 ${cjt188.host}:${cjt188.port} #${cjt188.address}`;
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
