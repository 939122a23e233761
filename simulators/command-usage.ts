/** What `simulate --help` prints. */
export const usage = `simulate [--mqtt <url>] [--jt808 <host:port>] [--modbus-port <n>] [--seed <n>] [--labels <file>] …

模拟一座不存在的城市：机构、建筑、表计和公务车，用真实的 MQTT、Modbus TCP 与 JT/T 808 说话，可对接任何平台。
Simulates a city that does not exist: institutions, buildings, meters and official vehicles that speak
real MQTT, real Modbus TCP and real JT/T 808, to any broker and platform.

  --mqtt <url>          MQTT 服务地址，如 mqtt://127.0.0.1:1883
                        the broker, such as mqtt://127.0.0.1:1883
  --jt808 <host:port>   JT/T 808 平台地址，如 127.0.0.1:8808；只给此项时仅车载终端上线
                        the JT/T 808 platform; without --mqtt only the terminals of vehicles speak
  --terminals <percent> 有 JT/T 808 终端的车辆比例，其余用 MQTT；缺省 0，给出 --jt808 时 40，仅 --jt808 时 100
                        how many of the vehicles have a JT/T 808 terminal in place of MQTT; default 0, with --jt808 40,
                        with --jt808 alone 100
  --acknowledged <file> 逐行记下平台已应答的终端定位（JSON）
                        every report of a terminal that was acknowledged, one JSON a line
  --modbus-port <n>     Modbus TCP 从站端口，0 为任意空闲端口；缺省时由网关以 MQTT 上传
                        port of the Modbus TCP slaves, 0 for any free one; without it their gateways publish for them
  --modbus-host <addr>  Modbus TCP 监听地址，缺省 127.0.0.1
                        address the slaves listen on; default 127.0.0.1
  --seed <n>            同一种子得到同一座城市，缺省 1
                        the same seed is the same city; default 1
  --institutions <n>    机构数量，缺省 6（约 40 块表、25 辆车）
                        how many institutions; default 6 (about 40 meters and 25 vehicles)
  --inventory <file>    写出与之对应的清单（含密钥）；文件已存在时沿用其中的密钥
                        writes the inventory that goes with it, secrets included; where the file is there, its secrets stay
  --only-inventory      只写清单，不连接
                        writes the inventory and connects nowhere
  --labels <file>       故障标签文件，每行一个 JSON；再次启动时据此延续
                        faults as they begin, one JSON a line; a later run goes on from there
  --state <file>        记住已送达的时刻，再次启动时从该处补传
                        remembers up to when all was delivered, so that a later run goes on from there
  --days <n>            先补传多少天历史，缺省 0；车辆至多一天
                        delivers so many days of history first; default 0; of vehicles one day at most
  --history-every <s>   历史读数间隔秒数，缺省 900
                        seconds between readings of the history; default 900
  --speed <1|fast>      1 为实时；fast 只补传历史后退出。缺省 1
                        1 is real time; fast delivers the history and ends. Default 1
  --faults <plan>       none 无故障；demo 数分钟内即有；steady 时有发生；rough 只有终端故障，接连不断。缺省 steady
                        none; demo: within minutes; steady: now and then; rough: terminals alone, without a pause.
                        Default steady
  --duration <s>        多少秒后结束，缺省直到 Ctrl-C
                        ends after so many seconds; default: at Ctrl-C
  --user, --password    所有设备共用的登录；缺省时各用其编号与密钥
                        one login for all devices; by default each has its id and secret
`;
