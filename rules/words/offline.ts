import type { Finding, Text } from '../../model/alert.ts';
import type { Severity } from '../../model/entities.ts';
import type { Heard, OfflineCause } from '../shared/offline-state.ts';
import type { VehicleSubject } from '../shared/vehicle-kind.ts';
import { clock, duration } from './units.ts';

interface Told {
  readonly change: Finding['change'];
  readonly at: number;
  readonly subject: VehicleSubject;
  readonly heard: Heard;
  readonly cause: OfflineCause | null;
  readonly params: {
    readonly factor: number;
    readonly floorS: number;
    readonly doorFloorS: number;
    readonly parkedS: number;
    readonly poorS: number;
    readonly doorShare: number;
    readonly doorVehicles: number;
  };
  readonly door?: { readonly name: string; readonly vehicles: number };
}

const causes: Readonly<Record<OfflineCause, Text>> = {
  door: { zh: '接入口或网关整体中断', en: 'the whole door or gateway is silent' },
  power: {
    zh: '终端断电（最后一次报告主电源掉电或欠压）',
    en: 'power cut (its last report said so)',
  },
  antenna: { zh: '定位天线故障（终端自报）', en: 'antenna fault (by its own report)' },
  garage: { zh: '可能驶入地下车库', en: 'probably in a garage' },
  parked: { zh: '熄火停放后长时间无数据', en: 'long silent while parked' },
  link: { zh: '行驶中通信中断', en: 'its link broke under way' },
  'no-position': { zh: '有数据但没有定位', en: 'reports without a position' },
  stuck: { zh: '定位坐标卡死不变', en: 'its position is stuck' },
};

const severities: Readonly<Partial<Record<OfflineCause, Severity>>> = {
  door: 'critical',
  parked: 'info',
  garage: 'info',
};

/** What a dispatcher needs to know of a vehicle, or of a whole door, from which nothing usable comes. */
export function explainOffline(told: Told): Finding {
  const { change, at, subject, heard, params } = told;
  const { vehicle, institution } = subject;
  const cause = told.cause ?? 'link';
  const from = Math.min(at, heard.poorSince ?? heard.at ?? at);
  const isDoor = cause === 'door';
  const since = clock(from, institution.timeZone);
  const long = duration(at - from);
  const name = told.door?.name ?? '';
  const who: Text = isDoor
    ? { zh: `${institution.name}的车载终端`, en: `The terminals of ${institution.name}` }
    : { zh: `${vehicle.plate} `, en: vehicle.plate };
  const through: Text =
    isDoor && name !== '' ? { zh: `（${name}）`, en: ` (${name})` } : { zh: '', en: '' };
  return {
    change,
    subject: isDoor
      ? { type: 'institution', id: institution.id }
      : { type: 'vehicle', id: vehicle.id },
    at,
    severity: severities[cause] ?? 'warning',
    summary: {
      zh: `${who.zh}${through.zh}自 ${since} 离线 ${long.zh}：${causes[cause].zh}`,
      en: `${who.en}${through.en} offline for ${long.en} since ${since}: ${causes[cause].en}`,
    },
    evidence: {
      from,
      to: at,
      flagged: [],
      observed: {
        cause,
        heardAt: heard.at,
        newestAt: heard.newestAt,
        lastPosition: heard.position && { lat: heard.position[0], lon: heard.position[1] },
        alarms: heard.alarms,
        silentS: Math.round((at - from) / 1000),
        ...(told.door && { door: name, vehiclesSeenSilent: told.door.vehicles }),
      },
      expected: { everyS: vehicle.everyS, params },
      method: toMethod(params),
      context: { parked: heard.parked, vehicle: vehicle.id },
      quality: { poor: heard.poor },
    },
  };
}

const toMethod = (params: Told['params']): Text => ({
  zh: `按接收时间计：行驶中超过上报间隔的 ${params.factor} 倍且不少于 ${params.floorS} 秒无数据，熄火或驶入车库后超过 ${params.parkedS} 秒，或点火状态下 ${params.poorS} 秒没有可用定位，即为离线。原因按最后的报告判断：断电、天线报警位；低速且在停车点附近或先丢失定位为车库；同一接入口或网关此时在线的车辆有 ${Math.round(params.doorShare * 100)}% 以上（至少 ${params.doorVehicles} 辆）同时中断达 ${params.doorFloorS} 秒，则每单位只告警一条。`,
  en: `By time of receipt: nothing for ${params.factor} times the reporting interval and at least ${params.floorS} s under way, ${params.parkedS} s parked or in a garage, or ${params.poorS} s without a usable position with the ignition on. The cause is by the last reports: alarm bits of power and antenna; slow near its parking place, or losing its position first, is a garage; where at least ${Math.round(params.doorShare * 100)} % (and ${params.doorVehicles}) of the vehicles of the same door or gateway fell silent together for ${params.doorFloorS} s, one alert of the institution.`,
});
