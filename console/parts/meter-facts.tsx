import { Link } from 'wouter';
import type { EntityView } from '../../api/contract.ts';
import { useApp } from '../lib/app-context.ts';
import { formatNumber } from '../lib/format.ts';
import { useEntities } from '../lib/use-lists.ts';
import { Fact } from './fact.tsx';

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
        <Fact name="ID">
          <code>{meter.id}</code>
        </Fact>
        <Fact name={texts.meters.medium}>
          {texts.medium[meter.medium]}
          {meter.subItem !== undefined && ` · ${meter.subItem}`}
        </Fact>
        {meter.circuit !== undefined && (
          <Fact name={texts.meters.circuit}>{texts.circuit[meter.circuit]}</Fact>
        )}
        {meter.room !== undefined && <Fact name={texts.meters.room}>{texts.room[meter.room]}</Fact>}
        {meter.ratedKw !== undefined && (
          <Fact name={texts.meters.rated}>{formatNumber(meter.ratedKw, locale)} kW</Fact>
        )}
        {meter.everyS !== undefined && (
          <Fact name={texts.meters.every}>
            {texts.time.seconds(formatNumber(meter.everyS, locale, 0))}
          </Fact>
        )}
        {meter.ctRatio !== 1 && (
          <Fact name={texts.meters.ratio}>
            CT {meter.ctRatio}
            {meter.ptRatio !== 1 && ` · PT ${meter.ptRatio}`}
          </Fact>
        )}
        <Fact name={texts.meters.link}>{link}</Fact>
        {meter.parent !== undefined && (
          <Fact name={texts.meters.parent}>
            <Link href={`/meters/${meter.parent}`}>{parent?.name ?? meter.parent}</Link>
          </Fact>
        )}
      </dl>
    </section>
  );
}
