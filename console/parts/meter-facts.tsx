import { Link } from 'wouter';
import type { EntityView } from '../../api/contract.ts';
import { useApp } from '../lib/app-context.ts';
import { formatNumber } from '../lib/format.ts';
import { useEntities } from '../lib/use-lists.ts';

type MeterView = EntityView<'meters'>;

/** What the registry says of a meter. */
export function MeterFacts({ meter }: { readonly meter: MeterView }) {
  const { texts, locale } = useApp();
  const meters = useEntities('meters');
  const link = meter.modbus
    ? `Modbus TCP ${meter.modbus.host}:${meter.modbus.port} #${meter.modbus.unit} (${meter.modbus.profile})`
    : meter.mqtt
      ? 'MQTT'
      : '—';
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
